"""Rankings: the pool's images in order, before any round and by one."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from db.pool.project import project_row
from db.pool.workable import WORKABLE
from db.records import RankingEntry, Split
from db.rounds.rounds import require_active
from db.schema import ImageRow, RankingEntryRow, RankingRow, RoundRow
from db.upsert import insert, upsert_all


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


def replace_current(tx: Session, entries: Sequence[RankingEntry]) -> None:
    """Another order in the ranking that annotators get now, which stays its round's. Nothing where there is none."""
    ranking_id = project_row(tx).current_ranking_id
    if ranking_id is None:
        return
    tx.execute(delete(RankingEntryRow).where(RankingEntryRow.ranking_id == ranking_id))
    tx.get_one(RankingRow, ranking_id).length = _length(entries)
    tx.flush()
    put_entries(tx, ranking_id, entries)


def shown_or_coming(tx: Session) -> list[int]:
    """The ranking that annotators get now, and those of rounds that are not over."""
    active = select(RankingRow.id).join(RoundRow, RoundRow.id == RankingRow.round_id).where(RoundRow.state == "running")
    current = project_row(tx).current_ranking_id
    return sorted({*tx.scalars(active), *([] if current is None else [current])})


def open_entries(tx: Session, ranking_id: int, split: Split) -> list[RankingEntry]:
    """The ranking's open images of one split, first first."""
    query = (
        select(RankingEntryRow)
        .join(ImageRow, ImageRow.id == RankingEntryRow.image_id)
        .where(RankingEntryRow.ranking_id == ranking_id, RankingEntryRow.is_open, ImageRow.split == split)
        .order_by(RankingEntryRow.position, RankingEntryRow.image_id)
        .execution_options(populate_existing=True)
    )
    return [
        RankingEntry(row.image_id, row.position, row.score, tuple(row.reasons), row.blind) for row in tx.scalars(query)
    ]


def put_entries(tx: Session, ranking_id: int, entries: Sequence[RankingEntry]) -> None:
    """Give images their place in a ranking, be they in it or not; the others keep theirs."""
    upsert_all(tx, RankingEntryRow, _rows(tx, ranking_id, entries), key=["ranking_id", "image_id"])


def forget_images(tx: Session, image_ids: Collection[int]) -> None:
    """No ranking knows these images any more: they come after those that it does."""
    gone = delete(RankingEntryRow).where(RankingEntryRow.image_id.in_(image_ids))
    tx.execute(gone.execution_options(synchronize_session=False))


def _add_ranking(tx: Session, round_id: int | None, entries: Sequence[RankingEntry]) -> int:
    ranking = RankingRow(round_id=round_id, length=_length(entries))
    tx.add(ranking)
    tx.flush()
    rows = _rows(tx, ranking.id, entries)
    if rows:
        tx.connection().execute(insert(tx, RankingEntryRow), rows)
    return ranking.id


def _length(entries: Sequence[RankingEntry]) -> int:
    return max((entry.position + 1 for entry in entries), default=0)


def _rows(tx: Session, ranking_id: int, entries: Sequence[RankingEntry]) -> list[dict[str, Any]]:
    workable = set(tx.scalars(select(ImageRow.id).where(WORKABLE)))
    given = dict(tx.execute(select(ImageRow.id, ImageRow.work_id).where(ImageRow.work_id != 0)).all())
    there = _still_there(tx, entries)
    return [
        {
            "ranking_id": ranking_id,
            "image_id": entry.image_id,
            "position": entry.position,
            "score": float(entry.score),
            "reasons": list(entry.reasons),
            "blind": entry.blind,
            "is_open": entry.image_id in workable,
            "work_id": given.get(entry.image_id, 0),
        }
        for entry in entries
        if entry.image_id in there
    ]


def _still_there(tx: Session, entries: Sequence[RankingEntry]) -> set[int]:
    """The images that nobody deleted since the order was made; none is, until the transaction ends."""
    ids, found = sorted(entry.image_id for entry in entries), set[int]()
    for start in range(0, len(ids), 5000):
        query = select(ImageRow.id).where(ImageRow.id.in_(ids[start : start + 5000])).order_by(ImageRow.id)
        found.update(tx.scalars(query.with_for_update(read=True, key_share=True)))
    return found


def _delete_rankings(tx: Session, ranking_ids: Collection[int]) -> None:
    tx.execute(delete(RankingEntryRow).where(RankingEntryRow.ranking_id.in_(ranking_ids)))
    tx.execute(delete(RankingRow).where(RankingRow.id.in_(ranking_ids)))
