"""Rankings: the pool's images in order, before any round and by one."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from db.pool.project import project_row
from db.pool.workable import WORKABLE
from db.records import RankingEntry
from db.rounds.rounds import require_active
from db.schema import ImageRow, RankingEntryRow, RankingRow
from db.upsert import insert


def replace_cold_ranking(tx: Session, entries: Sequence[RankingEntry]) -> None:
    """The order to use before any round; once a round is published, its ranking stays the current one."""
    project = project_row(tx)
    earlier = list(tx.scalars(select(RankingRow.id).where(RankingRow.round_id.is_(None))))
    ranking_id = _add_ranking(tx, None, entries)  # the new one first: the project points at the old
    if project.published_round_id is None:
        project.current_ranking_id = ranking_id
    tx.flush()
    _delete_rankings(tx, earlier)


def add_round_ranking(tx: Session, round_id: int, entries: Sequence[RankingEntry]) -> int:
    """Store a round's ranking, which nobody sees until `rounds.publish`; its id. Stored again, it is replaced.

    Raises RoundOver once the round is published, failed or cancelled.
    """
    require_active(tx, round_id)
    _delete_rankings(tx, list(tx.scalars(select(RankingRow.id).where(RankingRow.round_id == round_id))))
    return _add_ranking(tx, round_id, entries)


def _add_ranking(tx: Session, round_id: int | None, entries: Sequence[RankingEntry]) -> int:
    ranking = RankingRow(round_id=round_id, length=max((entry.position + 1 for entry in entries), default=0))
    tx.add(ranking)
    tx.flush()
    workable = set(tx.scalars(select(ImageRow.id).where(WORKABLE)))
    rows = [
        {
            "ranking_id": ranking.id,
            "image_id": entry.image_id,
            "position": entry.position,
            "score": float(entry.score),
            "reasons": list(entry.reasons),
            "blind": entry.blind,
            "is_open": entry.image_id in workable,
        }
        for entry in entries
    ]
    if rows:
        tx.connection().execute(insert(tx, RankingEntryRow), rows)
    return ranking.id


def _delete_rankings(tx: Session, ranking_ids: Collection[int]) -> None:
    tx.execute(delete(RankingEntryRow).where(RankingEntryRow.ranking_id.in_(ranking_ids)))
    tx.execute(delete(RankingRow).where(RankingRow.id.in_(ranking_ids)))
