"""Rounds, their predictions and rankings, pre-labellings, and the workers' signs of life.

events         the story of a round
evidence       labels that networks can be measured by, and who learned from which
holding        which worker has a round, and where it writes
host_signs     how long ago a worker of one machine gave its sign of life
label_times    how long annotators took for labels
predictions    where networks put keypoints, and how inconsistent they are
prelabellings  pose models' runs over the pool
pruning        rounds that annotators no longer get lose what is heavy
rankings       the pool's order
rounds         rounds: launched one at a time, frozen once, published by one pointer
stopping       rounds are stopped, gone on with, and deleted
taught         what labels taught of visible keypoints, and when
workers        the workers' signs of life
"""
