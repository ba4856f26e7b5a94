"""The routes that answer with JSON and files, one file a subject.

account        one's own account
agreement      how people agree who labelled the same persons
cameras        lens circles read and set
comparing      two rounds side by side, and the same people by both
dataset        labels in and out
deletion       images and persons deleted for good
figures        what each annotator did, by week
findings       what checks of labels suspect
images         the bytes of images
labelling      tasks, decisions, leases
order          what the queue is ordered by, and how well
prelabellings  pose models uploaded and followed
probes         how many people get a probe, and how closely annotators look
review         persons to review, what is said of them, the rule
rounds         rounds launched and listed
sheet          the contact sheet and its thumbs
simulation     what more labels would bring, by the labels there are
team           everybody's accounts, and the audit log
unlabelable    people whom nobody can label, skipped at once
validation     people kept to measure rounds by
work           images given to people, taken back, and what is left
"""
