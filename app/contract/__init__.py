"""app contract."""
