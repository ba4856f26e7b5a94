"""What a label would change, and the order of the pool that follows.

corrections    what annotators' corrections teach about the next ones
diversity      images unlike each other, camera by camera
evidence       what is known of predictions before anybody checks them
expected_gain  how probably a keypoint is wrong, and placed at all
inconsistency  one distance for training and ranking
labelable      whether anybody can label a person at all
logistic       the probability of a yes, from a few numbers
ranking        keypoint, person, image: scores, reasons, and a blind share
separation     how well a score tells wrong from right
"""
