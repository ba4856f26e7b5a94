"""app home."""
