"""What the application remembers: images, persons, labels and their history, predictions, rankings, rounds, accounts.

labelling/   what labelling changes: leases, decisions, labels, files merged in; and the queue and the sheet that it
             reads
migrations/  the steps from one schema to the next (Alembic)
people/      accounts, and the browsers that are signed in to them
pool/        the project, its cameras, images and persons: what they must be, and how many there are
rounds/      rounds, their predictions and rankings, pre-labellings, and the worker's sign of life
store/       the database: opening it, transactions, turns of writers, migrations
clock        now, in UTC
convert      rows to records and back: the only file that knows both
errors       what the store refuses, as messages
records      what the store hands out: frozen records
schema       the tables
upsert       INSERT ... ON CONFLICT for both databases
"""
