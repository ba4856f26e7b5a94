"""app sheet."""
