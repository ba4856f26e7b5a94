"""Image files: what they are, how large they may be, and their pixels, the same everywhere.

kinds    what kind of image a file holds, by its first bytes
limits   how large an image may be
reading  any image file as 8-bit, upright pixels
"""
