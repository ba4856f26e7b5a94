"""What annotators get next: the current ranking's open images, then those imported since; one holder an image.

Whoever was given work gets the images of it alone, in this order; whoever was given none gets those given to nobody.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Select, SQLColumnExpression, bindparam, select
from sqlalchemy.orm import Session

from db.convert import image_record
from db.errors import LeaseLost
from db.labelling import readings
from db.labelling.leases import (
    HELD,
    MOST_HELD,
    hold,
    keep_at_most,
    lease_holders,
    lock_image,
    one_after_the_other,
    own_leases,
    require_room,
)
from db.labelling.returned import KEPT_FOR_OTHERS, WAITS, first_returned
from db.labelling.work import work_of
from db.pool.checks import check_split
from db.pool.workable import WORKABLE, workable_images
from db.records import ImageRecord, Lease, QueueItem, UserRecord
from db.schema import ImageRow, ProjectRow, RankingEntryRow, RankingRow, WorkRow

_Found = tuple[ImageRow, RankingEntryRow | None]
_PLACE = (RankingEntryRow.position, RankingEntryRow.image_id)
_ARRIVAL = (ImageRow.split, ImageRow.id)
_AnySelect = Select[*tuple[Any, ...]]


def listing(tx: Session, *, limit: int, now: datetime) -> list[QueueItem]:
    """The first `limit` images as annotators will get them, with who holds which now."""
    ranking_id = _current_ranking(tx)
    entries = [] if ranking_id is None else list(tx.scalars(_ranked(ranking_id).limit(limit)))
    ranked = workable_images(tx, [entry.image_id for entry in entries])
    found: list[_Found] = [(ranked[entry.image_id], entry) for entry in entries if entry.image_id in ranked]
    if len(found) < limit:  # images imported since the ranking come after it
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

    What they hold already comes first (a reloaded page gets its image back), then a person of theirs whom a reviewer
    sent back, then the first image that nobody holds and that waits for nobody else:
    of their work alone, or of what was given to nobody (`work.work_of`).
    exclude: images the page has already. Two annotators never get the same image. Raises HeldEnough to who has
    `most_held` already: nothing of theirs is taken away for another.
    """
    one_after_the_other(tx, user)
    expires_at = now + timedelta(seconds=lease_s)
    ranking_id = _current_ranking(tx)
    passed = set(exclude)
    held = own_leases(tx, user, now=now)
    own = _own(tx, ranking_id, held - passed)
    works = work_of(tx, user)
    while (found := own or _next(tx, user, ranking_id, works, exclude=passed, now=now)) is not None:
        image_id = found[0].id
        if own is None:
            require_room(tx, user, held, exclude=set(exclude), most_held=most_held)
        if hold(tx, image_id, user, now=now, expires_at=expires_at):
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
    InvalidDecision for a validation image that came labelled; LeaseLost, with the holder's name, if another works on
    it.
    """
    one_after_the_other(tx, user)
    image = lock_image(tx, image_id)
    check_split(tx, image)
    if not hold(tx, image_id, user, now=now, expires_at=now + timedelta(seconds=lease_s)):
        holder = lease_holders(tx, now=now)[image_id]
        raise LeaseLost(
            f"{holder} works on {image.file_name} just now; wanted an image that nobody else holds. "
            "Open another image, or come back in some minutes."
        )
    keep_at_most(tx, user, most_held, now=now, above_all=image_id)
    return image_record(image)


def _current_ranking(tx: Session) -> int | None:
    return tx.scalar(_CURRENT)


def _ranked(ranking_id: int | BindParameter[int]) -> Select[RankingEntryRow]:
    """The ranking's open entries in its order: one range of one index, whatever else the store holds."""
    return (
        select(RankingEntryRow)
        .where(RankingEntryRow.ranking_id == ranking_id, RankingEntryRow.is_open)
        .order_by(*_PLACE)
        .execution_options(populate_existing=True)
    )


def _unranked(ranking_id: int | None) -> Select[ImageRow]:
    """Open images that the ranking does not know, in import order, the pool's first: the order of the index."""
    query = select(ImageRow).where(WORKABLE)
    if ranking_id is not None:
        entry = (RankingEntryRow.ranking_id == ranking_id) & RankingEntryRow.is_open
        query = query.where(~select(1).where(entry, RankingEntryRow.image_id == ImageRow.id).exists())
    return query.order_by(*_ARRIVAL).execution_options(populate_existing=True)


_CURRENT = select(ProjectRow.current_ranking_id)
_PASSED: BindParameter[int] = bindparam("passed", expanding=True)
_FREE = _ranked(bindparam("ranking_id")).where(
    RankingEntryRow.image_id.not_in(HELD),
    RankingEntryRow.image_id.not_in(KEPT_FOR_OTHERS),
    RankingEntryRow.image_id.not_in(_PASSED),
)
"""Built once, as all that each next asks (`db/labelling/leases.py`)."""
_FIRST_FREE = (
    _FREE.where(RankingEntryRow.work_id == bindparam("work_id"))
    .limit(1)
    # Skips what another transaction is about to take; SQLite has one writer and leaves the clause out.
    .with_for_update(skip_locked=True)
)


def _firsts(free: _AnySelect, mark: SQLColumnExpression[int], image_id: SQLColumnExpression[int]) -> _AnySelect:
    """Each of the `works` with the first of its free images."""
    first = free.with_only_columns(image_id).where(mark == WorkRow.id).limit(1).scalar_subquery()
    return select(WorkRow.id, first).where(WorkRow.id.in_(bindparam("works", expanding=True)))


_FIRSTS = _firsts(_FREE, RankingEntryRow.work_id, RankingEntryRow.image_id)
_FOUND: BindParameter[int] = bindparam("found", expanding=True)
_PLACES = (
    select(*_PLACE)
    .where(RankingEntryRow.ranking_id == bindparam("ranking_id"))
    .where(RankingEntryRow.image_id.in_(_FOUND))
)
_ARRIVALS = select(*_ARRIVAL).where(ImageRow.id.in_(_FOUND))
_ENTRIES = (
    select(RankingEntryRow)
    .where(RankingEntryRow.ranking_id == bindparam("ranking_id"))
    .where(RankingEntryRow.image_id.in_(bindparam("image_ids", expanding=True)))
    .execution_options(populate_existing=True)
)
_LENGTH = select(RankingRow.length).where(RankingRow.id == bindparam("ranking_id"))


def _own(tx: Session, ranking_id: int | None, image_ids: Collection[int]) -> _Found | None:
    """The first in queue order of the images that the annotator holds already: one of a handful."""
    if not image_ids:
        return None
    held = workable_images(tx, image_ids)
    entries = tx.scalars(_ENTRIES, {"ranking_id": ranking_id, "image_ids": list(image_ids)})
    ranked = {row.image_id: row for row in entries}
    by_rank = sorted((row.position, row.image_id) for row in ranked.values() if row.image_id in held)
    first = by_rank[0][1] if by_rank else min(held, default=None)
    return None if first is None else (held[first], ranked.get(first))


def _next(
    tx: Session,
    user: UserRecord,
    ranking_id: int | None,
    works: Sequence[int],
    *,
    exclude: Collection[int],
    now: datetime,
) -> _Found | None:
    """Who came back to this annotator comes first; then what somebody else is to read again, of whosever work: it is
    little, and nobody can tell."""
    returned = first_returned(tx, user, exclude=exclude, now=now)
    if returned is not None:
        place = RankingEntryRow.ranking_id == ranking_id, RankingEntryRow.image_id == returned.id
        return returned, tx.scalar(select(RankingEntryRow).where(*place))
    again = readings.next_for(tx, user, exclude=exclude, now=now)
    return _first_free(tx, user, ranking_id, works, exclude=exclude, now=now) if again is None else (again, None)


def _first_free(
    tx: Session,
    user: UserRecord,
    ranking_id: int | None,
    works: Sequence[int],
    *,
    exclude: Collection[int],
    now: datetime,
) -> _Found | None:
    """The first image of these pieces of work that nobody holds, that waits for nobody else, and no other transaction
    is about to take."""
    passed = set(exclude)
    asked: dict[str, Any] = {"user_id": user.id, "now": now, "since": now - WAITS, "ranking_id": ranking_id}
    while ranking_id is not None:
        asked["passed"] = list(passed)
        by_first = _by_first(tx, _FIRSTS, _PLACES, asked, works)
        entries = (tx.scalar(_FIRST_FREE, asked | {"work_id": one}) for one in by_first)
        entry = next((one for one in entries if one is not None), None)
        if entry is None:
            break
        found = workable_images(tx, [entry.image_id])
        if found and found[entry.image_id].work_id == entry.work_id:  # a mark may lag behind its image for a moment
            return found[entry.image_id], entry
        passed.add(entry.image_id)
    asked["passed"] = list(passed)
    unranked = _unranked(ranking_id).where(
        ImageRow.id.not_in(HELD), ImageRow.id.not_in(KEPT_FOR_OTHERS), ImageRow.id.not_in(_PASSED)
    )
    firsts = _firsts(unranked, ImageRow.work_id, ImageRow.id)
    for one in _by_first(tx, firsts, _ARRIVALS, asked, works):
        first_image = unranked.where(ImageRow.work_id == one).limit(1)
        image = tx.scalar(first_image.with_for_update(of=ImageRow, skip_locked=True, key_share=True), asked)
        if image is not None:
            return image, None
    return None


def _by_first(
    tx: Session, firsts: _AnySelect, places: _AnySelect, asked: Mapping[str, Any], works: Sequence[int]
) -> Sequence[int]:
    """The pieces of work by the first free row of each; those without any are left out, but where there is one alone.

    firsts: of each of the `works` the first free image (`_firsts`). places: what puts those `found` in order, the
    image's number last. asked: what they are asked with.
    """
    if len(works) == 1:
        return works
    first = {one: piece for piece, one in tx.execute(firsts, {**asked, "works": list(works)})}
    found = [one for one in first if one is not None]
    # Put in order here: asked to do so, SQLite would walk the whole ranking for a few rows.
    rows = tx.execute(places, {**asked, "found": found})
    return [first[row[-1]] for row in sorted(tuple(row) for row in rows)]


def _item(tx: Session, found: _Found, ranking_id: int | None, *, leased_by: str | None) -> QueueItem:
    image, entry = found
    told = entry if image.split == "train" else None  # whatever a ranking from before it was moved says
    return QueueItem(
        image=image_record(image),
        position=entry.position if entry else _length(tx, ranking_id) + image.id,
        score=told.score if told else None,
        reasons=tuple(told.reasons) if told else (),
        blind=told.blind if told else image.split == "validation",
        leased_by=leased_by,
    )


def _length(tx: Session, ranking_id: int | None) -> int:
    return 0 if ranking_id is None else tx.scalar(_LENGTH, {"ranking_id": ranking_id}) or 0
