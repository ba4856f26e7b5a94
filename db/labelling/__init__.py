"""db labelling."""
