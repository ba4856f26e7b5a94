"""File formats: each is read to, and written from, the same types.

coco/         COCO keypoints files, read and written without loss (docs/formats.md)
annotated     a COCO file's persons with the skeleton that a command means
complaints    what is wrong in a file, once for each cause
plain_values  numbers in text, flags, ids in words
"""
