"""app web pages."""
