"""sspcm skeletons."""
