"""The JSON that pages and server exchange, as pydantic types (docs/architecture.md).

labelling  tasks, persons, decisions
rounds     rounds and pre-labellings
"""
