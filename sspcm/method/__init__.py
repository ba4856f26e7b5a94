"""sspcm method."""
