"""sspcm evaluation."""
