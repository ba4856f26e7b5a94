"""Which worker has a round, and in which folder that one writes."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.convert import round_record
from db.records import RoundRecord
from db.rounds import events, workers
from db.rounds.rounds import ACTIVE, require_active
from db.rounds.workers import Worker
from db.schema import RoundRow


@dataclass(frozen=True)
class Taken:
    """A round that a worker has now. is_elsewhere: its files are another place's, which may write there still."""

    record: RoundRecord
    is_elsewhere: bool


def take(tx: Session, number: int, run: int, worker: Worker, *, now: datetime | None = None) -> Taken | None:
    """Whoever had the round may write no more of it; None where this run of it is over, or was begun anew since."""
    query = select(RoundRow).where(RoundRow.number == number, RoundRow.run == run, RoundRow.state.in_(ACTIVE))
    row = tx.scalar(query.with_for_update(of=RoundRow, key_share=True).execution_options(populate_existing=True))
    if row is None:
        return None
    if row.holder_token not in (None, worker.token):
        events.tell(tx, row.id, _in_words(tx, row, worker), now=now)
    row.holder, row.holder_token = worker.name, worker.token
    row.attempt_of = row.attempt_of or worker.place
    tx.flush()
    return Taken(round_record(row), is_elsewhere=row.attempt_of != worker.place)


def move(tx: Session, round_id: int, worker: Worker, *, attempt: int) -> RoundRecord:
    """Its files are in another folder from now on. Raises what `require_active` raises."""
    row = require_active(tx, round_id)
    row.attempt, row.attempt_of = attempt, worker.place
    tx.flush()
    return round_record(row)


def _in_words(tx: Session, row: RoundRow, worker: Worker) -> str:
    if row.holder == worker.name:
        return "the worker was started anew and goes on with it"
    before = workers.named(tx, row.holder or "")
    silent = before is not None and before.lost and before.worker.token == row.holder_token
    why = f", which was not heard of for {before.worker.lease_s:.0f} s" if silent and before else ""
    return f"worker '{worker.name}' goes on with it in place of '{row.holder}'{why}"
