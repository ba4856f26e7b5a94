"""Run by Alembic: `db.store.session.migrate` hands over an open transaction, which holds the lock of migrations."""

from alembic import context

from db.schema import Base, is_ours

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_name=is_ours,
)
with context.begin_transaction():
    context.run_migrations()
