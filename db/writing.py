"""INSERT ... ON CONFLICT, which SQLite and PostgreSQL spell alike and SQLAlchemy keeps in two places."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.schema import Base

Insert = sqlite.Insert | postgresql.Insert


def insert(tx: Session, table: type[Base]) -> Insert:
    """An INSERT of the store's own dialect."""
    if tx.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def upsert_all(tx: Session, table: type[Base], rows: Sequence[dict[str, Any]], *, key: Sequence[str]) -> None:
    """Write many rows in one executemany; a row whose `key` is there already takes the new values."""
    if not rows:
        return
    statement = insert(tx, table)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in key}
    tx.connection().execute(statement.on_conflict_do_update(index_elements=list(key), set_=changed), list(rows))
