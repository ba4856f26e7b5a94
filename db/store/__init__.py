"""db store."""
