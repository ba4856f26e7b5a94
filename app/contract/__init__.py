"""The JSON that pages and server exchange, as pydantic types (docs/architecture.md).

agreement   how people agree who labelled the same persons
base        numbers, ids, keys, boxes
cameras     lens circles
comparing   two rounds side by side
dataset     what is in a home, and what came of a file of labels
deletion    what deleting for good takes away and leaves
figures     what each annotator did, by week
labelling   tasks, persons, decisions
probes      how many people get a probe, and how closely annotators look
review      persons to review, and what came of it
rounds      rounds and pre-labellings
sheet       the contact sheet
simulation  a simulation on the project's own labels
team        accounts, API tokens, the audit log
typedefs    the contract as TypeScript declarations, for the static files' JSDoc
work        images given to people, and what each has left
workers     the workers of a home
"""
