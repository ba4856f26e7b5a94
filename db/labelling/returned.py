"""Persons whom a reviewer sent back: they come to their annotator first, and to anybody where that one stays away."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, bindparam, select, update
from sqlalchemy.orm import Session, aliased

from db.labelling.leases import HELD
from db.records import UserRecord
from db.schema import ImageRow, PersonRow, ReviewRow, UserRow

WAITS = timedelta(days=7)
"""How long an image waits for the annotator whose person came back, before anybody gets it."""


def _waits() -> ColumnElement[bool]:
    """Joins a waiting review with its person; an import may have labelled the person meanwhile."""
    return and_(ReviewRow.is_waiting, PersonRow.id == ReviewRow.person_id, PersonRow.state == "open")


_NEWEST = (
    select(ReviewRow).where(ReviewRow.person_id == bindparam("person_id")).order_by(ReviewRow.revision.desc()).limit(1)
)
_MINE = (
    select(ReviewRow.image_id)
    .join(PersonRow, _waits())
    .join(ImageRow, and_(ImageRow.id == ReviewRow.image_id, ImageRow.is_open))
    .where(ReviewRow.annotator_id == bindparam("user_id"))
    .where(ReviewRow.image_id.not_in(HELD), ReviewRow.image_id.not_in(bindparam("passed", expanding=True)))
    .order_by(ReviewRow.id)
    .limit(1)
    # Skips what another transaction is about to take; SQLite has one writer and leaves the clause out.
    .with_for_update(of=ImageRow, skip_locked=True, key_share=True)
)
_RETURNED = (
    select(ReviewRow.image_id, ReviewRow.person_id)
    .join(PersonRow, _waits())
    .where(ReviewRow.annotator_id == bindparam("user_id"))
    .order_by(ReviewRow.id)
    .limit(bindparam("most"))
)
_OTHER = aliased(UserRow)
KEPT_FOR_OTHERS = (
    select(ReviewRow.image_id)
    .join(PersonRow, _waits())
    .join(_OTHER, _OTHER.id == ReviewRow.annotator_id)
    .where(ReviewRow.annotator_id != bindparam("user_id"), ReviewRow.at > bindparam("since"))
    .where(_OTHER.disabled_at.is_(None))
)
"""The images that wait for another annotator than `user_id`, who may still come, `since` now less WAITS: a handful,
beside all that are open. Part of other statements."""


def settle_returned(tx: Session, person: PersonRow) -> None:
    """After each change of a person's state: they wait for their annotator where they are open and came back last."""
    newest = tx.scalar(_NEWEST, {"person_id": person.id})
    if newest is None:
        return
    waits = person.state == "open" and newest.result == "back" and newest.corrected is None
    of_person = update(ReviewRow).where(ReviewRow.person_id == person.id)
    tx.execute(of_person.where(ReviewRow.id != newest.id, ReviewRow.is_waiting).values(is_waiting=False))
    tx.execute(of_person.where(ReviewRow.id == newest.id).values(is_waiting=waits))


def first_returned(tx: Session, user: UserRecord, *, exclude: Collection[int], now: datetime) -> ImageRow | None:
    """The image with the person of this annotator's that came back first, and that nobody holds; None without one."""
    image_id = tx.scalar(_MINE, {"user_id": user.id, "now": now, "passed": list(exclude)})
    return None if image_id is None else tx.get(ImageRow, image_id, populate_existing=True)


def returned_of(tx: Session, user: UserRecord, *, limit: int) -> list[tuple[int, int]]:
    """Image and person of this annotator's that came back and wait, who came back first before the others."""
    found = tx.execute(_RETURNED, {"user_id": user.id, "most": limit})
    return [(image_id, person_id) for image_id, person_id in found]
