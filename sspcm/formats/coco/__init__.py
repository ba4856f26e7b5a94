"""sspcm formats coco."""
