"""The commands of `sspcm`, one a file: each adds its parser, and runs."""
