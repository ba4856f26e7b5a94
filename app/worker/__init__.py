"""app worker."""
