"""Crops: persons cut out of images, in batches, and which of them a step sees.

batches   batches of crops, and crops kept in memory
sampling  which persons a step sees: chance from seed and step alone
store     persons cut out, upright
"""
