"""sspcm ranking."""
