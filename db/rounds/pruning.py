"""Rounds that annotators no longer get are pruned: predictions, scores and rankings go, the rest of a round stays."""

import math
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from db.clock import utc_now
from db.convert import round_record, round_state
from db.pool.project import project_row
from db.records import RoundRecord
from db.rounds import events
from db.rounds.rounds import row_of
from db.schema import LabelRow, PersonScoreRow, PredictionRow, RankingEntryRow, RankingRow, RoundRow

ROWS_A_TRANSACTION = 2000
"""Annotators' saves wait for a transaction at most, so it stays short."""


def to_prune(tx: Session, *, newest: int) -> list[RoundRecord]:
    """The rounds that nobody needs whole any more, oldest first.

    Kept whole are the published one, the one published before it, the one whose student was measured best, the last
    round, and so many of the newest; and a round whose twin is kept whole, to be compared with it. Rounds that did not
    end well may be gone on with: they are left alone.
    """
    rows = list(tx.scalars(select(RoundRow).order_by(RoundRow.number.desc())))
    ended = [row for row in rows if round_state(row) in ("published", "kept")]
    shown = project_row(tx).published_round_id
    before = [row.id for row in ended if round_state(row) == "published" and row.id != shown][:1]
    best = max(ended, key=_measured, default=None)
    whole = {shown, *before, *(row.id for row in rows[: max(1, newest)]), *([] if best is None else [best.id])}
    twins = {row.twin_of for row in ended if row.id in whole}
    whole |= {row.id for row in rows if row.number in twins}
    return [round_record(row) for row in reversed(ended) if row.id not in whole and row.pruned_at is None]


def prune_some(tx: Session, number: int, *, now: datetime | None = None) -> int:
    """Take some of a round's rows away, and mark it once there are none left; how many went, 0 when it is done.

    A prediction that a label began at stays.
    """
    row = row_of(tx, number)
    gone = 0
    began = exists().where(LabelRow.started_from == PredictionRow.id)
    for table, also in ((PredictionRow, ~began), (PersonScoreRow, None)):
        ids = select(table.id).where(table.round_id == row.id).limit(ROWS_A_TRANSACTION - gone)
        found = list(tx.scalars(ids if also is None else ids.where(also)))
        _delete(tx, table, found)
        gone += len(found)
    if gone:
        return gone
    rankings = list(tx.scalars(select(RankingRow.id).where(RankingRow.round_id == row.id)))
    entries = list(
        tx.scalars(
            select(RankingEntryRow.image_id).where(RankingEntryRow.ranking_id.in_(rankings)).limit(ROWS_A_TRANSACTION)
        )
    )
    if entries:
        theirs = RankingEntryRow.ranking_id.in_(rankings), RankingEntryRow.image_id.in_(entries)
        tx.execute(delete(RankingEntryRow).where(*theirs).execution_options(synchronize_session=False))
        return len(entries)
    tx.execute(delete(RankingRow).where(RankingRow.id.in_(rankings)).execution_options(synchronize_session=False))
    row.pruned_at = now or utc_now()
    events.tell(tx, row.id, "pruned: its networks, predictions and ranking are gone, its figures stay", now=now)
    return 0


def _delete(tx: Session, table: type[PredictionRow] | type[PersonScoreRow], ids: Collection[int]) -> None:
    if ids:
        tx.execute(delete(table).where(table.id.in_(ids)).execution_options(synchronize_session=False))


def _measured(row: RoundRow) -> float:
    """Mean OKS of the round's student on validation people; nothing measured is worse than anything."""
    figures = ((row.metrics or {}).get("ap") or {}).get("C") or {}
    value = figures.get("mean_oks")
    return -math.inf if value is None else float(value)
