"""sspcm training."""
