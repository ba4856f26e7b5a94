"""A store copied as it is at one moment, while others go on writing, into one SQLite file."""

from pathlib import Path

from sqlalchemy import URL, update
from sqlalchemy.orm import Session

from db.clock import utc_now
from db.errors import StoreError
from db.schema import Base, PrelabellingRow, RoundRow
from db.store.copying_rows import LEFT_BEHIND, OPENS_SOMETHING, copy_table
from db.store.migrating import migrate
from db.store.session import Store, open_store

WAS_UNDER_WAY = "It was under way when this backup was made, and a backup has no jobs. Launch another."


def snapshot(store: Store, path: Path) -> dict[str, int]:
    """Copy every row of the store, SQLite or PostgreSQL, into a new SQLite store at `path`. Rows by table.

    Nobody waits for it. Sessions, links and API tokens are left out. What was under way is told as failed there: a copy
    has no jobs. Raises StoreError where there is a file already.
    """
    if path.exists():
        raise StoreError(f"there is a file at {path} already; wanted a new one. Give another name.")
    url = URL.create("sqlite", database=str(path.resolve())).render_as_string(hide_password=False)
    migrate(url)
    copy = open_store(url)
    try:
        with store.reading() as read, copy.transaction() as written:
            source, target = read.connection(), written.connection()
            tables = [table for table in Base.metadata.sorted_tables if table not in LEFT_BEHIND | OPENS_SOMETHING]
            rows = {table.name: copy_table(source, target, table) for table in tables}
            _end_what_was_under_way(written)
    finally:
        copy.close()
    return rows


def _end_what_was_under_way(tx: Session) -> None:
    ended = {"state": "failed", "error": WAS_UNDER_WAY, "finished_at": utc_now()}
    for row in (RoundRow, PrelabellingRow):
        tx.execute(update(row).where(row.state.in_(("queued", "running"))).values(ended))
