"""sspcm crops."""
