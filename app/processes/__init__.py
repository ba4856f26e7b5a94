"""app processes."""
