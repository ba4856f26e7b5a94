"""How far networks disagree about a person, and the order of the pool that follows.

inconsistency  one distance for training and ranking
ranking        keypoint, person, image: scores, reasons, and a blind share
"""
