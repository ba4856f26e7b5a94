"""sspcm images."""
