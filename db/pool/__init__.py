"""The project, its cameras, images and persons, and what a further file says of them.

cameras       cameras and their lens circles: assumed, found, or set by a person
images        images and persons, and how many wait
merging       what a file says of a known image, brought in
project       the home's one project
same_persons  which person of a file is which of the home's
"""
