"""How long ago a worker of one machine gave its sign of life: what that machine's own health check asks."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.rounds.workers import store_now
from db.schema import WorkerRow


def seconds_since_sign(tx: Session, host: str) -> float | None:
    """Seconds since the newest sign of a worker on `host` that has not been told to end, by the store's clock.

    None where there is none. Never below 0.
    """
    running = (WorkerRow.host == host) & WorkerRow.ended_at.is_(None)
    seen_at = tx.scalar(select(WorkerRow.seen_at).where(running).order_by(WorkerRow.seen_at.desc()).limit(1))
    if seen_at is None:
        return None
    return max(0.0, (store_now(tx) - seen_at).total_seconds())
