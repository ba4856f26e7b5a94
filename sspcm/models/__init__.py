"""sspcm models."""
