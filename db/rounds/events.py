"""The story of a round: what happened to it, and when, in words."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.clock import utc_now
from db.records import RoundEvent
from db.schema import RoundEventRow


def tell(tx: Session, round_id: int, what: str, *, now: datetime | None = None) -> None:
    """Write down something that happened. `now` is the present moment if not given."""
    tx.add(RoundEventRow(round_id=round_id, at=now or utc_now(), what=what))
    tx.flush()


def story(tx: Session, round_id: int) -> list[RoundEvent]:
    """Everything that happened to a round, first first."""
    query = select(RoundEventRow).where(RoundEventRow.round_id == round_id).order_by(RoundEventRow.id)
    return [RoundEvent(row.at, row.what) for row in tx.scalars(query)]
