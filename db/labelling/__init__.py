"""What annotators change: leases, decisions, labels; and the queue and the contact sheet that they read.

keys    idempotency keys: a decision is carried out once
labels  decisions about persons, and the label revisions they leave
queue   what annotators get next
sheet   persons filtered, the most inconsistent first, a page at a time
"""
