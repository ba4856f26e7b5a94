"""db pool."""
