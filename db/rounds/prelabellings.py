"""Models run over the pool by the worker: one at a time, told from the start to the report."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.clock import utc_now
from db.convert import finite, prelabelling_record
from db.errors import NotFound, RoundActive
from db.pool.project import project_row
from db.records import PrelabellingRecord, UserRecord
from db.schema import PROJECT_ID, PrelabellingRow
from db.upsert import insert

_ACTIVE = ("queued", "running")
_ANOTHER = "another model is predicting the pool; wanted one at a time. Wait until it ends, then launch again."


def create(
    tx: Session, *, model: str, sha256: str, user: UserRecord, now: datetime | None = None
) -> PrelabellingRecord:
    """A new one, queued. `now` is the present moment if not given.

    Raises RoundActive while another is queued or running, NotFound without a project.
    """
    project_row(tx)
    row: dict[str, Any] = {
        "project_id": PROJECT_ID,
        "model": model,
        "sha256": sha256,
        "state": "queued",
        "launched_by_id": user.id,
        "created_at": now or utc_now(),
        "done": 0,
        "total": 0,
        "report": {},
    }
    # As with rounds, an index refuses a second active one.
    added = tx.scalar(insert(tx, PrelabellingRow).values(row).on_conflict_do_nothing().returning(PrelabellingRow.id))
    if added is None:
        raise RoundActive(_ANOTHER)
    return get(tx, added)


def require_none_active(tx: Session) -> None:
    """Raises RoundActive while one is queued or running: before a large file is taken in that would only be refused."""
    if tx.scalar(select(PrelabellingRow.id).where(PrelabellingRow.state.in_(_ACTIVE)).limit(1)) is not None:
        raise RoundActive(_ANOTHER)


def get(tx: Session, prelabelling_id: int) -> PrelabellingRecord:
    """One of them. Raises NotFound."""
    return prelabelling_record(_row(tx, prelabelling_id))


def latest(tx: Session) -> PrelabellingRecord | None:
    """The newest, if there was any."""
    query = select(PrelabellingRow).order_by(PrelabellingRow.id.desc()).limit(1)
    row = tx.scalar(query.execution_options(populate_existing=True))
    return prelabelling_record(row) if row else None


def report_progress(tx: Session, prelabelling_id: int, *, done: int, total: int, now: datetime | None = None) -> None:
    """It runs, and so many persons have their prediction."""
    row = _row(tx, prelabelling_id)
    row.state, row.done, row.total = "running", done, total
    row.started_at = row.started_at or now or utc_now()
    tx.flush()


def finish(tx: Session, prelabelling_id: int, *, report: Mapping[str, Any], now: datetime | None = None) -> None:
    """It ended well; what came of it. Told twice, the second changes nothing."""
    row = _row(tx, prelabelling_id)
    if row.state in _ACTIVE:
        row.state, row.report, row.finished_at = "done", finite(dict(report)), now or utc_now()
        tx.flush()


def fail(tx: Session, prelabelling_id: int, error: str, *, now: datetime | None = None) -> None:
    """It ended with an error, which the lead's page shows. The first word stays."""
    row = _row(tx, prelabelling_id)
    if row.state in _ACTIVE:
        row.state, row.error, row.finished_at = "failed", error, now or utc_now()
        tx.flush()


def _row(tx: Session, prelabelling_id: int) -> PrelabellingRow:
    row = tx.get(PrelabellingRow, prelabelling_id, populate_existing=True)
    if row is None:
        raise NotFound(f"there is no pre-labelling {prelabelling_id}; wanted one of this home. Reload the page.")
    return row
