"""app dataset."""
