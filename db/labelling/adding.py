"""A person whom an annotator adds."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from db.clock import utc_now
from db.convert import box_columns
from db.errors import InvalidDecision
from db.labelling.closing import settle_image
from db.labelling.keys import fingerprint
from db.labelling.leases import take_lease
from db.labelling.once import Request, once
from db.pool.checks import check_box
from db.pool.persons import get_person, insert_person
from db.records import NewPerson, PersonRecord, UserRecord
from db.schema import (
    ImageRow,
)


def add_person(
    tx: Session,
    image_id: int,
    person: NewPerson,
    *,
    user: UserRecord,
    key: str,
    now: datetime | None = None,
    lease_s: float = 120.0,
) -> PersonRecord:
    """Store a box that an annotator drew; the same key gives the person it gave before and changes nothing.

    A closed image opens again, since the new person waits for a decision; whoever drew the box then holds the image
    for `lease_s`. `now` is the present moment if not given.
    Raises NotFound, LeaseLost, or InvalidDecision for a validation image that came labelled or a
    box outside the image.
    """
    now = now or utc_now()
    content = fingerprint(kind="add_person", user=user, image_id=image_id, box=box_columns(person.box))
    change = once(tx, Request(key, user, now), kind="add_person", image_id=image_id, content=content)
    if change.earlier is not None:
        return get_person(tx, int(change.earlier["person_id"]))
    _check_own_person(person, change.image)
    person_id = insert_person(tx, image_id, person)
    settle_image(tx, change.image)
    take_lease(tx, image_id, user, expires_at=now + timedelta(seconds=lease_s))
    change.remember({"person_id": person_id}, person_id=person_id)
    return get_person(tx, person_id)


def _check_own_person(person: NewPerson, image: ImageRow) -> None:
    if person.label is not None:
        raise InvalidDecision(
            "the new person has a label already; wanted a box alone. Add the box first, then accept the keypoints."
        )
    check_box(person.box, image)
