"""The project, its cameras, images and persons: what they must be, and how many there are.

cameras     cameras and their lens circles: assumed, found, or set by a person
checks      what a box, keypoints and a split must be
counts      how many images and persons there are, by state
exports     which exports were made, and which of them held an image
given       which piece of work an image belongs to
images      images, each stored once under its hash
numbers     numbers that are given once
persons     persons, and who is listed
project     the home's one project
tombstones  what was deleted for good, known by a digest alone
workable    which images have work
"""
