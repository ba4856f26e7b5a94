"""INSERT ... ON CONFLICT, which SQLite and PostgreSQL spell alike and SQLAlchemy keeps in two places."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.schema import Base

Insert = sqlite.Insert | postgresql.Insert


def insert(tx: Session, table: type[Base]) -> Insert:
    """An INSERT of the store's own dialect."""
    return insert_on(tx.get_bind().dialect.name, table)


def insert_on(dialect: str, table: type[Base]) -> Insert:
    """The same by the dialect's name, for statements that are built once."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def upsert_all(
    tx: Session,
    table: type[Base],
    rows: Sequence[dict[str, Any]],
    *,
    key: Sequence[str],
    where: ColumnElement[bool] | None = None,
) -> None:
    """Write many rows in one executemany; a row whose `key` is there already takes the new values.

    where: the rows that the key is unique among, where its index is a partial one.
    """
    if not rows:
        return
    statement = insert(tx, table)
    # one statement for all rows: they have the same columns
    changed = {name: statement.excluded[name] for name in rows[0] if name not in key}
    upsert = statement.on_conflict_do_update(index_elements=list(key), index_where=where, set_=changed)
    tx.connection().execute(upsert, list(rows))  # past the session, which would make an object a row
