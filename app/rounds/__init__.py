"""app rounds."""
