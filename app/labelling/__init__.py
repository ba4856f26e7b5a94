"""app labelling."""
