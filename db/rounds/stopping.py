"""Rounds are stopped, gone on with, and deleted."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.clock import utc_now
from db.convert import round_record, round_state
from db.errors import RoundActive, RoundOver
from db.pool.project import project_row
from db.records import RoundRecord, UserRecord
from db.rounds import events
from db.rounds.rounds import ACTIVE, active, another_active, end_cancelled, row_of
from db.schema import (
    FrozenPersonRow,
    PersonFlagRow,
    PersonScoreRow,
    PredictionRow,
    RankingEntryRow,
    RankingRow,
    RoundEventRow,
    RoundPointRow,
    RoundRow,
)


def cancel(
    tx: Session, number: int, *, user: UserRecord, worker_runs: bool, now: datetime | None = None
) -> RoundRecord:
    """Tell a round to stop. One that no worker holds has stopped at once; a running one is being cancelled until its
    worker has noticed. Doing it twice changes nothing.

    Raises RoundOver once the round has ended otherwise, NotFound.
    """
    row = row_of(tx, number)
    state = round_state(row)
    if state not in (*ACTIVE, "cancelling", "cancelled"):
        raise RoundOver(
            f"round {number} is {state}; wanted one that is queued or running, to stop it. Reload the page."
        )
    if row.state in ACTIVE and row.cancel_asked_at is None:
        row.cancel_asked_at = now or utc_now()
        events.tell(tx, row.id, f"told to stop by {user.name}", now=now)
    if row.state == "queued" or (row.state == "running" and not worker_runs):
        end_cancelled(tx, row, now=now)
    return round_record(row)


def is_cancelled(tx: Session, round_id: int) -> bool:
    """Whether the round was told to stop, or is over."""
    query = select(RoundRow.state, RoundRow.cancel_asked_at).where(RoundRow.id == round_id)
    found = tx.execute(query).one_or_none()
    return found is None or found.state not in ACTIVE or found.cancel_asked_at is not None


def go_on(tx: Session, number: int, *, user: UserRecord, now: datetime | None = None) -> RoundRecord:
    """Queue a failed or cancelled round again: it goes on with its own labels where it ended.

    Raises RoundOver for any other round, RoundActive while another one is not over, NotFound.
    """
    row = row_of(tx, number)
    state = round_state(row)
    if state not in ("failed", "cancelled"):
        raise RoundOver(
            f"round {number} is {state}; wanted one that failed or was cancelled, to go on with. See `round list`."
        )
    if active(tx) is not None:
        raise another_active(tx)
    row.state, row.error, row.finished_at, row.cancel_asked_at = "queued", None, None, None
    row.run += 1
    try:
        tx.flush()
    except IntegrityError as error:  # one that was launched at this very moment: the index of active rounds
        raise RoundActive(
            "another round was launched just now; wanted one at a time. Reload the page and try again."
        ) from error
    events.tell(tx, row.id, f"{user.name} goes on with it", now=now)
    return round_record(row)


def forget(tx: Session, number: int) -> None:
    """Take a round that annotators never began from out of the store; its number is not given again.

    Raises RoundOver while it is not over, or where it was published: labels began at its predictions. NotFound.
    """
    row = row_of(tx, number)
    state = round_state(row)
    if state not in ("failed", "cancelled", "kept"):
        told = (
            "labels began at its predictions, so it stays"
            if state == "published"
            else "cancel it first, and wait until it has stopped"
        )
        raise RoundOver(f"round {number} is {state}; wanted one that failed, was cancelled or kept: {told}.")
    project = project_row(tx)
    project.rounds_made = max(project.rounds_made, number)
    rankings = select(RankingRow.id).where(RankingRow.round_id == row.id)
    tx.execute(delete(RankingEntryRow).where(RankingEntryRow.ranking_id.in_(rankings)))
    for table in (
        RankingRow,
        PersonFlagRow,
        PersonScoreRow,
        PredictionRow,
        FrozenPersonRow,
        RoundPointRow,
        RoundEventRow,
    ):
        tx.execute(delete(table).where(table.round_id == row.id).execution_options(synchronize_session=False))
    tx.execute(delete(RoundRow).where(RoundRow.id == row.id))
