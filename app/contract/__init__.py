"""The JSON that pages and server exchange, as pydantic types (docs/architecture.md).

base       numbers, ids, keys, boxes
cameras    lens circles
labelling  tasks, persons, decisions
rounds     rounds and pre-labellings
sheet      the contact sheet
"""
