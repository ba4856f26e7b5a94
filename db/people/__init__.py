"""db people."""
