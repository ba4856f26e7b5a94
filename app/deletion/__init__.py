"""An image or a person deleted for good: said before, done once, and what it leaves behind.

deleting  what goes, who holds it, and the deletion itself
files     the home's files of what was deleted: images, thumbs, looks
folders   which round folders and simulations hold an image, and taking it out of them
saying    what goes and what stays, in words
"""
