"""app web routes."""
