"""What annotators get next: the current ranking's open images, then those imported since; one holder an image."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from db.convert import image_record
from db.errors import HeldEnough, LeaseLost
from db.labelling.keys import hold_image
from db.pool.images import check_split
from db.pool.project import project_row
from db.records import ImageRecord, Lease, QueueItem, RankingEntry, UserRecord
from db.rounds.rounds import require_active
from db.schema import ImageRow, LeaseRow, ProjectRow, RankingEntryRow, RankingRow, UserRow
from db.upsert import insert

_Found = tuple[ImageRow, RankingEntryRow | None]
MOST_HELD = 4
"""How many images one annotator holds at a time, unless the caller says otherwise: others wait for them."""
_WORKABLE = ImageRow.is_open & (ImageRow.split == "train")


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
    entries = [] if ranking_id is None else list(tx.scalars(_ranked(ranking_id).limit(limit)))
    ranked = _images(tx, [entry.image_id for entry in entries])
    found: list[_Found] = [(ranked[entry.image_id], entry) for entry in entries if entry.image_id in ranked]
    if len(found) < limit:
        found += [(image, None) for image in tx.scalars(_unranked(ranking_id).limit(limit - len(found)))]
    holders = lease_holders(tx, now=now)
    return [_item(tx, pair, ranking_id, leased_by=holders.get(pair[0].id)) for pair in found]


def claim(
    tx: Session,
    user: UserRecord,
    *,
    now: datetime,
    lease_s: float,
    exclude: Collection[int] = (),
    most_held: int = MOST_HELD,
) -> tuple[QueueItem, Lease] | None:
    """The next image for this annotator, held for `lease_s` seconds; None when there is none.

    What they hold already comes first (a reloaded page gets its image back), then the first image nobody holds.
    exclude: images the page has already. Two annotators never get the same image. Raises HeldEnough to who has
    `most_held` already: nothing of theirs is taken away for another.
    """
    _one_after_the_other(tx, user)
    expires_at = now + timedelta(seconds=lease_s)
    ranking_id = _current_ranking(tx)
    passed = set(exclude)
    own = _own(tx, user, ranking_id, exclude=passed, now=now)
    while (found := own or _first_free(tx, ranking_id, exclude=passed, now=now)) is not None:
        image_id = found[0].id
        if own is None:
            _require_room(tx, user, exclude=set(exclude), most_held=most_held, now=now)
        if _hold(tx, image_id, user, now=now, expires_at=expires_at):
            item = _item(tx, found, ranking_id, leased_by=user.name)
            return item, Lease(image_id=image_id, user_id=user.id, expires_at=expires_at)
        own = None
        passed.add(image_id)  # somebody took it between our look and our grasp
    return None


def claim_image(
    tx: Session, user: UserRecord, image_id: int, *, now: datetime, lease_s: float, most_held: int = MOST_HELD
) -> ImageRecord:
    """That image, held by this annotator for `lease_s` seconds, be it open or closed; the queue deals no closed one.

    Beyond `most_held` images they let go of others, as `keep_at_most` does. Raises NotFound;
    InvalidDecision for a validation image; LeaseLost, with the holder's name, if another works on it.
    """
    _one_after_the_other(tx, user)
    image = hold_image(tx, image_id)
    check_split(image)
    if not _hold(tx, image_id, user, now=now, expires_at=now + timedelta(seconds=lease_s)):
        holder = lease_holders(tx, now=now)[image_id]
        raise LeaseLost(
            f"{holder} works on {image.file_name} just now; wanted an image that nobody else holds. "
            "Open another image, or come back in some minutes."
        )
    keep_at_most(tx, user, most_held, now=now, above_all=image_id)
    return image_record(image)


def keep_at_most(tx: Session, user: UserRecord, most_held: int, *, now: datetime, above_all: int) -> None:
    """Let go of images beyond `most_held`: closed ones first, then those not heard of for longest; never `above_all`.

    Nothing is lost with a hold: what is decided about an image that nobody holds is taken.
    """
    order = select(LeaseRow.image_id).join(ImageRow, ImageRow.id == LeaseRow.image_id)
    mine = order.where(LeaseRow.user_id == user.id, LeaseRow.expires_at > now, LeaseRow.image_id != above_all)
    others = list(tx.scalars(mine.order_by(ImageRow.is_open.desc(), LeaseRow.expires_at.desc(), LeaseRow.image_id)))
    if others[most_held - 1 :]:
        release(tx, user, others[most_held - 1 :])


def renew(
    tx: Session,
    user: UserRecord,
    image_ids: Collection[int],
    *,
    now: datetime,
    lease_s: float,
    most_held: int = MOST_HELD,
) -> list[Lease]:
    """Hold on to the images this annotator works on; the leases. An image that another took is left out.

    A lease that ran out is taken again if nobody took the image meanwhile, and so is one that another tab of the same
    annotator let go, while the image is open: a closed one is no more dealt, so nobody waits for it. Of more than
    `most_held` images the first ones asked for are kept, and the others are let go.
    """
    _one_after_the_other(tx, user)
    expires_at, live = now + timedelta(seconds=lease_s), _live(tx, user, now=now)
    asked = list(dict.fromkeys(image_ids))
    kept = [image_id for image_id in asked if image_id in live][:most_held]
    release(tx, user, live.intersection(asked).difference(kept))
    room = max(0, most_held - len(kept) - len(live.difference(asked)))
    lapsed = [image_id for image_id in _may_hold(tx, user, asked) if image_id not in live][:room]
    held = _extend(tx, user, [*kept, *lapsed], expires_at=expires_at)
    held |= _hold_free(tx, set(lapsed) - held, user, expires_at=expires_at)
    return [Lease(image_id=image_id, user_id=user.id, expires_at=expires_at) for image_id in sorted(held)]


def release(tx: Session, user: UserRecord, image_ids: Collection[int]) -> list[int]:
    """Let go of images this annotator holds, so that others get them; which of them they held."""
    gone = delete(LeaseRow).where(LeaseRow.user_id == user.id, LeaseRow.image_id.in_(image_ids))
    return sorted(tx.scalars(gone.returning(LeaseRow.image_id).execution_options(synchronize_session=False)))


def lease_holders(tx: Session, *, now: datetime) -> dict[int, str]:
    """Who holds which image. There are about as many leases as annotators."""
    query = select(LeaseRow.image_id, UserRow.name).join(UserRow, UserRow.id == LeaseRow.user_id)
    return dict(tx.execute(query.where(LeaseRow.expires_at > now)).all())


def _current_ranking(tx: Session) -> int | None:
    return tx.scalar(select(ProjectRow.current_ranking_id))


def _ranked(ranking_id: int) -> Select[RankingEntryRow]:
    """The ranking's open entries in its order: one range of one index, whatever else the store holds."""
    return (
        select(RankingEntryRow)
        .where(RankingEntryRow.ranking_id == ranking_id, RankingEntryRow.is_open)
        .order_by(RankingEntryRow.position, RankingEntryRow.image_id)
        .execution_options(populate_existing=True)
    )


def _unranked(ranking_id: int | None) -> Select[ImageRow]:
    """Open images that the ranking does not know, in import order."""
    query = select(ImageRow).where(_WORKABLE)
    if ranking_id is not None:
        entry = (RankingEntryRow.ranking_id == ranking_id) & RankingEntryRow.is_open
        query = query.where(~select(1).where(entry, RankingEntryRow.image_id == ImageRow.id).exists())
    return query.order_by(ImageRow.id).execution_options(populate_existing=True)


def _images(tx: Session, image_ids: Collection[int]) -> dict[int, ImageRow]:
    """Those of the images that annotators may work on. An entry may lag behind its image for a moment."""
    query = select(ImageRow).where(ImageRow.id.in_(image_ids), _WORKABLE)
    return {row.id: row for row in tx.scalars(query.execution_options(populate_existing=True))}


def _own(
    tx: Session, user: UserRecord, ranking_id: int | None, *, exclude: Collection[int], now: datetime
) -> _Found | None:
    """The first image in queue order that the annotator holds already: one of a handful."""
    mine = select(LeaseRow.image_id).where(LeaseRow.user_id == user.id, LeaseRow.expires_at > now)
    image_ids = set(tx.scalars(mine)) - set(exclude)
    if not image_ids:
        return None
    held = _images(tx, image_ids)
    entries = select(RankingEntryRow).where(
        RankingEntryRow.ranking_id == ranking_id, RankingEntryRow.image_id.in_(image_ids)
    )
    ranked = {row.image_id: row for row in tx.scalars(entries.execution_options(populate_existing=True))}
    by_rank = sorted((row.position, row.image_id) for row in ranked.values() if row.image_id in held)
    first = by_rank[0][1] if by_rank else min(held, default=None)
    return None if first is None else (held[first], ranked.get(first))


def _first_free(tx: Session, ranking_id: int | None, *, exclude: Collection[int], now: datetime) -> _Found | None:
    """The first image that nobody holds and no other transaction is about to take."""
    passed = set(exclude)
    held = select(LeaseRow.image_id).where(LeaseRow.expires_at > now)
    while ranking_id is not None:
        entries = _ranked(ranking_id).where(
            RankingEntryRow.image_id.not_in(held), RankingEntryRow.image_id.not_in(passed)
        )
        entry = tx.scalar(entries.limit(1).with_for_update(skip_locked=True))
        if entry is None:
            break
        found = _images(tx, [entry.image_id])
        if found:
            return found[entry.image_id], entry
        passed.add(entry.image_id)
    images = _unranked(ranking_id).where(ImageRow.id.not_in(held), ImageRow.id.not_in(passed))
    image = tx.scalar(images.limit(1).with_for_update(of=ImageRow, skip_locked=True, key_share=True))
    return None if image is None else (image, None)


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


def _live(tx: Session, user: UserRecord, *, now: datetime) -> set[int]:
    """The images this annotator holds now."""
    return set(tx.scalars(select(LeaseRow.image_id).where(LeaseRow.user_id == user.id, LeaseRow.expires_at > now)))


def _may_hold(tx: Session, user: UserRecord, image_ids: Sequence[int]) -> list[int]:
    """Those of the images whose lease is this annotator's, run out or not, and the workable ones that have none."""
    leases = select(LeaseRow.image_id, LeaseRow.user_id).where(LeaseRow.image_id.in_(image_ids))
    holder = dict(tx.execute(leases).all())
    free = _images(tx, [image_id for image_id in image_ids if image_id not in holder])
    return [image_id for image_id in image_ids if holder.get(image_id) == user.id or image_id in free]


def _extend(tx: Session, user: UserRecord, image_ids: Sequence[int], *, expires_at: datetime) -> set[int]:
    """Their leases of those images last until then; the images of which there was one."""
    own = (
        update(LeaseRow)
        .where(LeaseRow.user_id == user.id, LeaseRow.image_id.in_(image_ids))
        .values(expires_at=expires_at)
        .returning(LeaseRow.image_id)
    )
    return set(tx.scalars(own.execution_options(synchronize_session=False)))


def _one_after_the_other(tx: Session, user: UserRecord) -> None:
    """Two tabs of one annotator take images one after the other, so that together they take no more than one may."""
    tx.execute(select(UserRow.id).where(UserRow.id == user.id).with_for_update(key_share=True))


def _require_room(tx: Session, user: UserRecord, *, exclude: Collection[int], most_held: int, now: datetime) -> None:
    """Raise HeldEnough to who works on `most_held` images. Those their page does not have are let go before that."""
    held = _live(tx, user, now=now)
    if len(held) < most_held:
        return
    release(tx, user, held.difference(exclude))
    at_hand = held.intersection(exclude)
    if len(at_hand) >= most_held:
        raise HeldEnough(
            f"You have {len(at_hand)} images at hand; wanted fewer than {most_held}, so that others get some too. "
            "Finish one of them first."
        )


def _hold_free(tx: Session, image_ids: Collection[int], user: UserRecord, *, expires_at: datetime) -> set[int]:
    """Take the leases of those images, unless another was faster; which these were."""
    if not image_ids:
        return set()
    rows = [{"image_id": image_id, "user_id": user.id, "expires_at": expires_at} for image_id in sorted(image_ids)]
    statement = insert(tx, LeaseRow).values(rows).on_conflict_do_nothing(index_elements=[LeaseRow.image_id])
    return set(tx.scalars(statement.returning(LeaseRow.image_id)))


def _item(tx: Session, found: _Found, ranking_id: int | None, *, leased_by: str | None) -> QueueItem:
    image, entry = found
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
    workable = set(tx.scalars(select(ImageRow.id).where(_WORKABLE)))
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
