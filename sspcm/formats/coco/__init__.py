"""COCO keypoints files, read and written without loss (docs/formats.md).

boxes       a box as the file has it, or around the keypoints
categories  which categories are people, and what their keypoints are called
file        what a COCO file holds, once it is read
images      the images of a file, by the numbers they have here
people      the annotations: persons, and what waits for the export
reading     a file read: images, persons, complaints
writing     a document that every evaluator reads
"""
