"""app web."""
