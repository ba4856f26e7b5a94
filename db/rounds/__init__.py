"""db rounds."""
