"""The workers' signs of life: one row an executor, written every few seconds; their ages by the store's one clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, delete, func, select, text, update
from sqlalchemy.orm import Session

from db.clock import utc_now
from db.errors import WorkerLost
from db.schema import WorkerRow
from db.upsert import upsert_all

USUAL_LEASE_S = 60.0
REMEMBERED_DAYS = 7
"""How long a worker that ended or was lost is shown."""
_TAKING_OVER = 7_305_001
"""The lock, within one database, of whoever changes which worker has a job."""
_WRITER = "writer"
"""Where a transaction keeps on whose behalf it writes to rounds."""


@dataclass(frozen=True)
class Worker:
    """Which process runs the home's jobs, or did."""

    name: str
    """The job engine's executor."""
    host: str
    process: int
    version: str
    started_at: datetime
    machine: str = ""
    """Within which two processes never have one number: a boot of a machine, and of a container."""
    device: str = ""
    token: str = ""
    """Of this process alone: another one under the same name has another."""
    lease_s: float = USUAL_LEASE_S
    """How long it may go unheard before others take its jobs."""

    @property
    def place(self) -> str:
        """Where it writes files: two of one place never write at the same time."""
        return f"{self.name} {self.machine}".strip()


@dataclass(frozen=True)
class WorkerSeen:
    """A worker's last sign. seconds: since then, never below 0. ended: it ended when told to.

    doing: what it does, in words, and since when; None: it waits. lost: others took its jobs.
    """

    worker: Worker
    seen_at: datetime
    seconds: float
    ended: bool
    doing: str | None = None
    doing_since: datetime | None = None
    lost: bool = False

    @property
    def is_here(self) -> bool:
        """Whether its jobs are its own."""
        return not self.ended and not self.lost and self.seconds <= self.worker.lease_s


def store_now(tx: Session) -> datetime:
    """The moment by the one clock that workers and web share.

    PostgreSQL's own: they may run on machines whose clocks differ. A SQLite file is on one machine, whose clock counts.
    """
    if _is_postgres(tx):
        moment: datetime = tx.execute(select(func.clock_timestamp())).scalar_one()
        return moment
    return utc_now()


def arrive(tx: Session, worker: Worker, *, now: datetime | None = None) -> None:
    """The worker runs. `now` is the store's moment if not given. Whoever served before under this name is forgotten."""
    row = {
        "name": worker.name,
        "host": worker.host,
        "process": worker.process,
        "version": worker.version,
        "started_at": worker.started_at,
        "machine": worker.machine,
        "device": worker.device,
        "token": worker.token,
        "lease_s": worker.lease_s,
        "seen_at": now or store_now(tx),
        "ended_at": None,
        "lost_at": None,
        "doing": None,
        "doing_since": None,
    }
    upsert_all(tx, WorkerRow, [row], key=["name"])


def beat(
    tx: Session,
    worker: Worker,
    *,
    doing: str | None = None,
    doing_since: datetime | None = None,
    now: datetime | None = None,
) -> bool:
    """It still runs, and does this; False where it has lost its name to another process, or its jobs to others."""
    still = _mine(worker) & WorkerRow.lost_at.is_(None)
    values = {"seen_at": now or store_now(tx), "doing": doing, "doing_since": doing_since}
    return tx.scalar(update(WorkerRow).where(still).values(values).returning(WorkerRow.name)) is not None


def end(tx: Session, worker: Worker, *, now: datetime | None = None) -> None:
    """It ends because it was told to. A row that another process took over meanwhile stays as it is."""
    moment = now or store_now(tx)
    gone = {"seen_at": moment, "ended_at": moment, "doing": None, "doing_since": None}
    tx.execute(update(WorkerRow).where(_mine(worker)).values(gone))


def require_here(tx: Session, worker: Worker, *, in_rounds: bool = False) -> None:
    """To begin each of a worker's transactions with: once others have its jobs it writes nothing. Raises WorkerLost.

    Until the transaction ends nobody takes its jobs away. in_rounds: it writes to rounds, and only to those that it
    holds. A process that stands still within its transaction loses it, so that nobody waits for that for ever.
    """
    if _is_postgres(tx):
        limit = f"{worker.lease_s / 2 * 1000:.0f}"
        tx.execute(select(func.set_config("idle_in_transaction_session_timeout", limit, True)))
    query = select(WorkerRow.name).where(_mine(worker), WorkerRow.lost_at.is_(None))
    if tx.scalar(query.with_for_update(read=True, key_share=True)) is None:
        raise WorkerLost(
            f"worker '{worker.name}' was not heard of for over {worker.lease_s:.0f} s, and others have its jobs; "
            "wanted one that has them. It ends; its supervisor starts the next one."
        )
    if in_rounds:
        tx.info[_WRITER] = worker.token


def acting(tx: Session) -> str | None:
    """The token of the worker that writes to rounds in this transaction; None for everybody else."""
    token: str | None = tx.info.get(_WRITER)
    return token


def lose_silent(tx: Session, *, now: datetime | None = None) -> list[WorkerSeen]:
    """Workers that went unheard for longer than their lease lose their jobs; those that lose them now.

    One whose transaction is under way is left out until that has ended.
    """
    moment = now or store_now(tx)
    query = select(WorkerRow).where(WorkerRow.ended_at.is_(None), WorkerRow.lost_at.is_(None))
    silent = [one for one in _seen(tx, query, moment) if not one.is_here]
    names = [one.worker.name for one in silent]
    locked = query.where(WorkerRow.name.in_(names)).with_for_update(skip_locked=True)
    lost = [one for one in _seen(tx, locked, moment) if not one.is_here] if names else []
    gone = WorkerRow.name.in_([one.worker.name for one in lost])
    tx.execute(update(WorkerRow).where(gone).values(lost_at=moment).execution_options(synchronize_session=False))
    return lost


def lock_jobs(tx: Session) -> None:
    """Wait until nobody else changes which worker has a job; until this transaction ends nobody else does."""
    if _is_postgres(tx):  # SQLite has one writer
        tx.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _TAKING_OVER})


def named(tx: Session, name: str, *, now: datetime | None = None) -> WorkerSeen | None:
    """The worker that has this name, or had it last."""
    found = _seen(tx, select(WorkerRow).where(WorkerRow.name == name), now or store_now(tx))
    return found[0] if found else None


def everybody(tx: Session, *, now: datetime | None = None) -> list[WorkerSeen]:
    """Every worker that has its jobs, however long unheard, or was heard of within REMEMBERED_DAYS; by name."""
    moment = now or store_now(tx)
    return _seen(tx, select(WorkerRow).where(~_is_of_long_ago(moment)).order_by(WorkerRow.name), moment)


def forget_old(tx: Session, *, now: datetime | None = None) -> None:
    """Workers that ended or were lost REMEMBERED_DAYS ago are no longer known."""
    moment = now or store_now(tx)
    tx.execute(delete(WorkerRow).where(_is_of_long_ago(moment)))


def latest(tx: Session, *, now: datetime | None = None) -> WorkerSeen | None:
    """The worker that gave a sign last, of those that are here if any is; None where none ever did."""
    found = _seen(tx, select(WorkerRow).order_by(WorkerRow.name), now or store_now(tx))
    return max(found, key=lambda one: (one.is_here, one.seen_at), default=None)


def _is_of_long_ago(moment: datetime) -> ColumnElement[bool]:
    is_no_more = WorkerRow.ended_at.is_not(None) | WorkerRow.lost_at.is_not(None)
    return is_no_more & (WorkerRow.seen_at < moment - timedelta(days=REMEMBERED_DAYS))


def _mine(worker: Worker) -> ColumnElement[bool]:
    same = (WorkerRow.process == worker.process) & (WorkerRow.host == worker.host) & (WorkerRow.token == worker.token)
    return (WorkerRow.name == worker.name) & same  # a successor has the name too


def _seen(tx: Session, query: Select[WorkerRow], moment: datetime) -> list[WorkerSeen]:
    return [_of(row, moment) for row in tx.scalars(query.execution_options(populate_existing=True))]


def _of(row: WorkerRow, moment: datetime) -> WorkerSeen:
    worker = Worker(
        row.name, row.host, row.process, row.version, row.started_at, row.machine, row.device, row.token, row.lease_s
    )
    seconds = max(0.0, (moment - row.seen_at).total_seconds())  # a clock may be set back
    return WorkerSeen(
        worker,
        row.seen_at,
        seconds,
        ended=row.ended_at is not None,
        doing=row.doing,
        doing_since=row.doing_since,
        lost=row.lost_at is not None,
    )


def _is_postgres(tx: Session) -> bool:
    return tx.get_bind().dialect.name == "postgresql"
