"""Labels that look wrong: found by networks that did not learn them, and beside the project's other labels.

checking    a check of labels: what looks wrong, the most probable first
evidence    what speaks for and against a label
finding     what is suspected, and how it is said
fitting     what wrong labels look like, learned from errors put into labels
injecting   errors put into labels on purpose
limbs       how long limbs are beside the person's others
neighbours  what lies near a keypoint
people      labelled people as arrays
poses       how the project's labels usually lie
questions   what is asked about labels, as rows of numbers
robust      middle and spread that wrong labels do not move
suspicions  what may be wrong, and which of it is told
"""
