"""app demo."""
