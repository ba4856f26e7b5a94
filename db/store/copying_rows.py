"""Rows of one store into another, a few at a time, and which of them never come along."""

from typing import Any

from sqlalchemy import JSON, Connection, DateTime, MetaData, Table, event, insert, inspect, select, update

from db.clock import utc_now
from db.schema import LeaseRow, LinkRow, LoginSessionRow, PersonFlagRow, PoolCountRow, TokenRow, UtcDateTime, WorkerRow

LEFT_BEHIND = {LeaseRow.__table__, PersonFlagRow.__table__, PoolCountRow.__table__, WorkerRow.__table__}
"""Of the moment, or kept by the new store itself: its triggers make the flags of the scores, and count."""
OPENS_SOMETHING = {LoginSessionRow.__table__, LinkRow.__table__, TokenRow.__table__}
"""What signs somebody in: taken back meanwhile, a copy would bring it back."""
ROWS_AT_ONCE = 500
_UNDER_WAY = "It was under way when this copy was made, and a copy has no jobs. Launch another."


def copy_table(source: Connection, target: Connection, table: Table) -> int:
    """Every row of a table, a few at a time; how many."""
    rows = 0
    # in the order in which they were made
    query = select(table).order_by(*table.primary_key).execution_options(yield_per=ROWS_AT_ONCE)
    for some in source.execute(query).mappings().partitions():
        target.execute(insert(table), [dict(row) for row in some])
        rows += len(some)
    return rows


def copy_old_rows(source: Connection, target: Connection) -> None:
    """All rows that last into an empty SQLite store of the same form, whichever form that is.

    What was under way is told as failed there: a copy has no jobs.
    """
    left_out = {str(table) for table in LEFT_BEHIND | OPENS_SOMETHING}
    tables = tables_of(target)
    for table in tables:
        if table.name not in left_out:
            copy_table(source, target, table)
    ended = {"state": "failed", "error": _UNDER_WAY, "finished_at": utc_now()}
    for table in tables:
        if table.name in ("rounds", "prelabellings"):
            target.execute(update(table).where(table.c.state.in_(("queued", "running"))).values(ended))


def tables_of(connection: Connection) -> list[Table]:
    """A store's tables as they lie there, in an order in which rows find what they point at."""
    described = MetaData()
    event.listen(described, "column_reflect", _as_ours)
    names = set(inspect(connection).get_table_names()) - {"alembic_version"}
    described.reflect(connection, only=lambda name, _: name in names)
    return described.sorted_tables


def _as_ours(_inspector: Any, _table: Table, column: Any) -> None:
    """The column reads and writes on both databases as `db/schema.py` has it."""
    kind = column["type"].as_generic()
    if isinstance(kind, JSON):
        kind = JSON(none_as_null=True)
    elif isinstance(kind, DateTime):
        kind = UtcDateTime()
    column["type"] = kind
