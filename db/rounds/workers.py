"""The worker's sign of life: one row an executor, written every few seconds; its age by the store's one clock."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from db.clock import utc_now
from db.schema import WorkerRow
from db.upsert import upsert_all


@dataclass(frozen=True)
class Worker:
    """Which process runs the home's jobs, or did."""

    name: str
    """The job engine's executor."""
    host: str
    process: int
    version: str
    started_at: datetime


@dataclass(frozen=True)
class WorkerSeen:
    """The worker that gave a sign last. seconds: since then, never below 0. ended: it ended when told to."""

    worker: Worker
    seen_at: datetime
    seconds: float
    ended: bool


def store_now(tx: Session) -> datetime:
    """The moment by the one clock that worker and web share.

    PostgreSQL's own: they may run on two machines whose clocks differ. A SQLite file is on one
    machine, whose clock counts.
    """
    if tx.get_bind().dialect.name == "postgresql":
        moment: datetime = tx.execute(select(func.clock_timestamp())).scalar_one()
        return moment
    return utc_now()


def beat(tx: Session, worker: Worker, *, now: datetime | None = None) -> None:
    """The worker runs. `now` is the store's moment if not given. Whoever served before under this name is forgotten."""
    row = {
        "name": worker.name,
        "host": worker.host,
        "process": worker.process,
        "version": worker.version,
        "started_at": worker.started_at,
        "seen_at": now or store_now(tx),
        "ended_at": None,
    }
    upsert_all(tx, WorkerRow, [row], key=["name"])


def end(tx: Session, worker: Worker, *, now: datetime | None = None) -> None:
    """It ends because it was told to. A row that another process took over meanwhile stays as it is."""
    # a successor has the name too
    mine = (WorkerRow.name == worker.name) & (WorkerRow.process == worker.process) & (WorkerRow.host == worker.host)
    moment = now or store_now(tx)
    tx.execute(update(WorkerRow).where(mine).values(seen_at=moment, ended_at=moment))


def latest(tx: Session, *, now: datetime | None = None) -> WorkerSeen | None:
    """The worker that gave a sign last; None where none ever did."""
    row = tx.scalar(select(WorkerRow).order_by(WorkerRow.seen_at.desc(), WorkerRow.name).limit(1))
    if row is None:
        return None
    worker = Worker(row.name, row.host, row.process, row.version, row.started_at)
    seconds = max(0.0, ((now or store_now(tx)) - row.seen_at).total_seconds())  # a clock may be set back
    return WorkerSeen(worker, row.seen_at, seconds, ended=row.ended_at is not None)
