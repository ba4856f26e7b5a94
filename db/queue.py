"""What annotators get next: the current ranking's open images, then those imported since; one holder an image."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Row, Select, delete, select, update
from sqlalchemy.orm import Session

from db.convert import image_record
from db.project import project_row
from db.records import Lease, QueueItem, RankingEntry, UserRecord
from db.rounds import require_active
from db.schema import ImageRow, LeaseRow, ProjectRow, RankingEntryRow, RankingRow, UserRow
from db.writing import insert

_Found = Row[ImageRow, RankingEntryRow]


def replace_cold_ranking(tx: Session, entries: Sequence[RankingEntry]) -> None:
    """The order to use before any round; once a round is published, its ranking stays the current one."""
    project = project_row(tx)
    earlier = list(tx.scalars(select(RankingRow.id).where(RankingRow.round_id.is_(None))))
    ranking_id = _add_ranking(tx, None, entries)
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


def listing(tx: Session, *, limit: int, now: datetime) -> list[QueueItem]:
    """The first `limit` images as annotators will get them, with who holds which now."""
    ranking_id = _current_ranking(tx)
    found = list(tx.execute(_ranked(ranking_id).limit(limit))) if ranking_id is not None else []
    if len(found) < limit:
        found += tx.execute(_unranked(ranking_id).limit(limit - len(found)))
    holders = _holders(tx, [image.id for image, _ in found], now=now)
    return [_item(tx, row, ranking_id, leased_by=holders.get(row[0].id)) for row in found]


def claim(
    tx: Session, user: UserRecord, *, now: datetime, lease_s: float, exclude: Collection[int] = ()
) -> tuple[QueueItem, Lease] | None:
    """The next image for this annotator, held for `lease_s` seconds; None when there is none.

    What they hold already comes first (a reloaded page gets its image back), then the first image nobody holds.
    exclude: images the page has already. Two annotators never get the same image.
    """
    expires_at = now + timedelta(seconds=lease_s)
    ranking_id = _current_ranking(tx)
    passed = set(exclude)
    own = _own(tx, user, ranking_id, exclude=passed, now=now)
    while (found := own or _first_free(tx, ranking_id, exclude=passed, now=now)) is not None:
        image_id = found[0].id
        if _hold(tx, image_id, user, now=now, expires_at=expires_at):
            item = _item(tx, found, ranking_id, leased_by=user.name)
            return item, Lease(image_id=image_id, user_id=user.id, expires_at=expires_at)
        own = None
        passed.add(image_id)  # somebody took it between our look and our grasp
    return None


def renew(tx: Session, user: UserRecord, image_ids: Collection[int], *, now: datetime, lease_s: float) -> list[Lease]:
    """Hold on to those of the images that this annotator holds; those leases. An image that another took is left out.

    One that ran out but that nobody took meanwhile is held again.
    """
    expires_at = now + timedelta(seconds=lease_s)
    held = tx.scalars(
        update(LeaseRow)
        .where(LeaseRow.user_id == user.id, LeaseRow.image_id.in_(image_ids))
        .values(expires_at=expires_at)
        .returning(LeaseRow.image_id)
        .execution_options(synchronize_session=False)
    )
    return [Lease(image_id=image_id, user_id=user.id, expires_at=expires_at) for image_id in sorted(held)]


def release(tx: Session, user: UserRecord, image_ids: Collection[int]) -> None:
    """Let go of images this annotator holds, so that others get them."""
    tx.execute(delete(LeaseRow).where(LeaseRow.user_id == user.id, LeaseRow.image_id.in_(image_ids)))


def _current_ranking(tx: Session) -> int | None:
    return tx.scalar(select(ProjectRow.current_ranking_id))


def _ranked(ranking_id: int) -> Select[ImageRow, RankingEntryRow]:
    """Open images of the ranking, in its order."""
    return (
        select(ImageRow, RankingEntryRow)
        .join(RankingEntryRow, RankingEntryRow.image_id == ImageRow.id)
        .where(
            RankingEntryRow.ranking_id == ranking_id,
            RankingEntryRow.is_open,
            ImageRow.is_open,
            ImageRow.split == "train",
        )
        .order_by(RankingEntryRow.position, RankingEntryRow.image_id)
        .execution_options(populate_existing=True)
    )


def _unranked(ranking_id: int | None) -> Select[ImageRow, RankingEntryRow]:
    """Open images that the ranking does not know, in import order."""
    query = (
        select(ImageRow, RankingEntryRow)
        .outerjoin(
            RankingEntryRow,
            (RankingEntryRow.image_id == ImageRow.id)
            & (RankingEntryRow.ranking_id == ranking_id)
            & RankingEntryRow.is_open,
        )
        .where(ImageRow.is_open, ImageRow.split == "train", RankingEntryRow.image_id.is_(None))
    )
    return query.order_by(ImageRow.id).execution_options(populate_existing=True)


def _own(
    tx: Session, user: UserRecord, ranking_id: int | None, *, exclude: Collection[int], now: datetime
) -> _Found | None:
    """The first image in queue order that the annotator holds already."""
    query = (
        select(ImageRow, RankingEntryRow)
        .join(LeaseRow, LeaseRow.image_id == ImageRow.id)
        .outerjoin(
            RankingEntryRow,
            (RankingEntryRow.image_id == ImageRow.id) & (RankingEntryRow.ranking_id == ranking_id),
        )
        .where(LeaseRow.user_id == user.id, LeaseRow.expires_at > now, ImageRow.is_open, ImageRow.split == "train")
        .where(ImageRow.id.not_in(exclude))
        .order_by(RankingEntryRow.position.is_(None), RankingEntryRow.position, ImageRow.id)
        .limit(1)
    )
    return tx.execute(query.execution_options(populate_existing=True)).first()


def _first_free(tx: Session, ranking_id: int | None, *, exclude: Collection[int], now: datetime) -> _Found | None:
    """The first image that nobody holds and no other transaction is about to take."""
    queries = [_unranked(ranking_id)] if ranking_id is None else [_ranked(ranking_id), _unranked(ranking_id)]
    held = select(LeaseRow.image_id).where(LeaseRow.image_id == ImageRow.id, LeaseRow.expires_at > now).exists()
    for query in queries:
        free = query.where(~held, ImageRow.id.not_in(exclude)).limit(1)
        found = tx.execute(free.with_for_update(of=ImageRow, skip_locked=True, key_share=True)).first()
        if found is not None:
            return found
    return None


def _hold(tx: Session, image_id: int, user: UserRecord, *, now: datetime, expires_at: datetime) -> bool:
    """Take or extend the one lease of an image; False if another annotator was faster."""
    statement = insert(tx, LeaseRow).values(image_id=image_id, user_id=user.id, expires_at=expires_at)
    taken = tx.scalar(
        statement.on_conflict_do_update(
            index_elements=[LeaseRow.image_id],
            set_={"user_id": statement.excluded.user_id, "expires_at": statement.excluded.expires_at},
            where=(LeaseRow.user_id == user.id) | (LeaseRow.expires_at <= now),
        ).returning(LeaseRow.image_id)
    )
    return taken is not None


def _holders(tx: Session, image_ids: Collection[int], *, now: datetime) -> dict[int, str]:
    query = (
        select(LeaseRow.image_id, UserRow.name)
        .join(UserRow, UserRow.id == LeaseRow.user_id)
        .where(LeaseRow.expires_at > now)
    )
    wanted = set(image_ids)
    return {image_id: name for image_id, name in tx.execute(query) if image_id in wanted}


def _item(tx: Session, found: _Found, ranking_id: int | None, *, leased_by: str | None) -> QueueItem:
    image = found[0]
    entry: RankingEntryRow | None = found[1]
    return QueueItem(
        image=image_record(image),
        position=entry.position if entry else _length(tx, ranking_id) + image.id,
        score=entry.score if entry else None,
        reasons=tuple(entry.reasons) if entry else (),
        blind=entry.blind if entry else False,
        leased_by=leased_by,
    )


def _length(tx: Session, ranking_id: int | None) -> int:
    return 0 if ranking_id is None else tx.scalar(select(RankingRow.length).where(RankingRow.id == ranking_id)) or 0


def _add_ranking(tx: Session, round_id: int | None, entries: Sequence[RankingEntry]) -> int:
    ranking = RankingRow(round_id=round_id, length=max((entry.position + 1 for entry in entries), default=0))
    tx.add(ranking)
    tx.flush()
    workable = set(tx.scalars(select(ImageRow.id).where(ImageRow.is_open, ImageRow.split == "train")))
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
