"""A simulation of the project's own labels: what more labels would bring, and what the queue's order saves.

The worker runs `sspcm simulate` on a folder of the home; nothing in the store knows of it, and the folder may go.
Where homes share a bucket, others see there how it stands.

advising   what a lead is told of the newest simulation
exporting  the labelled people as a file that plays the annotator
folder     where simulations lie, and where each stands
launching  asking what one costs, beginning it, ending it
planning   how many people are labelled and held out, and whether there are enough
running    the worker's side
sharing    its files in the bucket
standing   the files that say where simulations stand, each written once by one
taking     a worker has it, also in place of another one
"""
