"""What labelling changes: leases, decisions, labels, files merged in; and the queue and the sheet that it reads.

adding          persons whom annotators add
closing         images finished and reopened
deleting        an image or a person taken away for good, with all that is about them
earlier_frames  the nearest earlier frame with a pose
figures         what each annotator did, by week
findings        what checks suspect of the labels that count
history         every revision of a label, and what was decided in between
keys            idempotency keys: a decision is carried out once
labels          decisions about persons, and the label revisions they leave
leases          who may change which image: taken, renewed, released
merging         what a file says of a known image, brought in
moving          images moved from one split into the other
once            every change by an annotator: once, under a lease, remembered by its key
probes          people who come with a keypoint put wrong, or without their start, and what came of it
queue           what annotators get next
readings        images labelled once more, by somebody who does not know it
recent          images in which an annotator last decided something
returned        persons whom a reviewer sent back, who come to their annotator first
review_results  what reviews say of each annotator's labels
review_walk     whom a reviewer sees, one after the other
reviews         what reviewers say of labels, and taking that back
same_persons    which person of a file is which of the home's
sigmas          sigmas that people labelled twice make, adopted and taken back
skipping_all    everybody whom nobody can label skipped at once, and taken back
sheet           persons filtered, the most inconsistent first, a page at a time
work            cameras, and parts of their images, given to people
"""
