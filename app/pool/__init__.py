"""app pool."""
