"""A home outgrows SQLite: all that its store holds is copied into a new store, once, with every number as it was."""

from pathlib import Path

from sqlalchemy import URL, Connection, Table, func, select, text
from sqlalchemy.orm import Session

from db.errors import StoreError
from db.schema import Base, PoolCountRow, PrelabellingRow, ProjectRow, RoundRow
from db.store.copying_rows import LEFT_BEHIND, copy_table
from db.store.migrating import migrate
from db.store.session import Store, open_store
from db.store.store_files import is_database


def move_store(source: Path, url: str) -> dict[str, int]:
    """Copy all rows of the SQLite store `source` into the new store at `url`, whole or not at all. Rows by table.

    `url` names a migrated store that nobody has used yet. `source` stays as it is, but for being migrated before.
    Raises StoreError where `source` is no store or a job runs in it, or where `url` holds something already.
    """
    if not source.is_file():
        raise StoreError(f"there is no store at {source}; wanted the store.db of the home to copy. Give its path.")
    if not is_database(source):
        raise StoreError(f"{source} is no SQLite store; wanted the store.db of the home to copy. Give its path.")
    source_url = URL.create("sqlite", database=str(source.resolve())).render_as_string(hide_password=False)
    if source_url == url:
        raise StoreError(f"{source} is this home's own store; wanted another to fill. Set DATABASE_URL.")
    migrate(source_url)
    old, new = open_store(source_url), open_store(url)
    try:
        return _copy(old, new)
    finally:
        old.close()
        new.close()


def _copy(old: Store, new: Store) -> dict[str, int]:
    with old.transaction(durable=False) as read, new.transaction() as written:  # nobody writes to the old one meanwhile
        _require_at_rest(read)
        target = written.connection()
        _require_unused(target)
        tables = [table for table in Base.metadata.sorted_tables if table not in LEFT_BEHIND]
        if target.dialect.name == "postgresql":
            # a million rows, each counted by its trigger, would take minutes more: the counts come along
            target.execute(text("SELECT set_config('labelling.counting', 'off', true)"))
            tables.append(PoolCountRow.__table__)  # type: ignore[arg-type]  # a Table, as all of them
        moved = {table.name: copy_table(read.connection(), target, table) for table in tables}
        if target.dialect.name == "postgresql":
            for table in tables:
                _count_on(target, table)
    return moved


def _require_at_rest(tx: Session) -> None:
    for row, what in ((RoundRow, "round"), (PrelabellingRow, "model's run")):
        if tx.scalar(select(row.id).where(row.state.in_(("queued", "running"))).limit(1)) is not None:
            raise StoreError(
                f"a {what} is queued or running in the old store; wanted one at rest, since jobs are not copied. "
                "Let it end or cancel it, then try again."
            )


def _require_unused(target: Connection) -> None:
    for table in Base.metadata.sorted_tables:
        if target.execute(select(table).limit(1)).first() is not None:
            raise StoreError(
                f"the new store has rows already (in {table.name}); wanted an unused one. Give a new database."
            )


def _count_on(target: Connection, table: Table) -> None:
    """The next row that is made gets the number after the last that was copied."""
    column = table.autoincrement_column
    if column is None:
        return
    last = target.scalar(select(func.max(column)))
    made = {"images": ProjectRow.images_made, "persons": ProjectRow.persons_made}.get(table.name)
    if made is not None:  # nor one that was given to what was deleted
        last = max(last or 0, target.scalar(select(made)) or 0) or None
    if last is not None:
        sequence = text("SELECT setval(pg_get_serial_sequence(:table, :column), :last)")
        target.execute(sequence, {"table": table.name, "column": column.name, "last": last})
