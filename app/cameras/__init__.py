"""app cameras."""
