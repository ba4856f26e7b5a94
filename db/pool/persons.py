"""Persons: read with their current label, and added."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from db.clock import utc_now
from db.convert import box_columns, label_columns, person_record
from db.errors import NotFound
from db.pool.numbers import next_number
from db.records import WITHDRAWN, NewPerson, PersonRecord, Split
from db.schema import (
    ImageRow,
    LabelRow,
    PersonRow,
)

CROWD_REASON = "crowd region"


def _persons() -> Select[PersonRow, LabelRow]:
    """Persons, each with the label that counts."""
    current = and_(LabelRow.person_id == PersonRow.id, LabelRow.revision == PersonRow.label_revision)
    return select(PersonRow, LabelRow).outerjoin(LabelRow, current).execution_options(populate_existing=True)


_OF_IMAGE = _persons().where(PersonRow.image_id == bindparam("image_id")).order_by(PersonRow.id)
_OPEN_IN_IMAGE = select(func.count()).where(PersonRow.image_id == bindparam("image_id"), PersonRow.state == "open")


def get_person(tx: Session, person_id: int) -> PersonRecord:
    """One person. Raises NotFound."""
    found = tx.execute(_persons().where(PersonRow.id == person_id)).one_or_none()
    if found is None:
        raise NotFound(f"There is no person {person_id}; wanted one of this home. Load the next image.")
    return person_record(found[0], found[1])


def list_persons(tx: Session, *, image_id: int | None = None, split: Split | None = None) -> list[PersonRecord]:
    """Every person, of one image or one split if asked, by image and in import order."""
    if image_id is not None and split is None:  # of every next image
        return [person_record(person, label) for person, label in tx.execute(_OF_IMAGE, {"image_id": image_id})]
    query = _persons().order_by(PersonRow.image_id, PersonRow.id)
    if image_id is not None:
        query = query.where(PersonRow.image_id == image_id)
    if split is not None:
        query = query.join(ImageRow, ImageRow.id == PersonRow.image_id).where(ImageRow.split == split)
    return [person_record(person, label) for person, label in tx.execute(query)]


def is_listed() -> ColumnElement[bool]:
    """Whether a person's row is of one who was not withdrawn. A skip may have any words for its reason."""
    return or_(PersonRow.state != "not_a_person", func.coalesce(PersonRow.skip_reason, "") != WITHDRAWN)


def count_open_persons(tx: Session, image_id: int) -> int:
    """How many persons of one image wait for a decision."""
    return tx.scalars(_OPEN_IN_IMAGE, {"image_id": image_id}).one()


def still_there(tx: Session, person_ids: Collection[int]) -> set[int]:
    """Which of them nobody has deleted; none is, until the transaction ends."""
    ids, found = sorted(set(person_ids)), set[int]()
    for start in range(0, len(ids), 5000):
        query = select(PersonRow.id).where(PersonRow.id.in_(ids[start : start + 5000])).order_by(PersonRow.id)
        found.update(tx.scalars(query.with_for_update(read=True, key_share=True)))
    return found


def insert_person(tx: Session, image_id: int, person: NewPerson) -> int:
    """A new person's row, with their label as its first revision; its id. Whether the image is open is not touched."""
    state: dict[str, Any] = {"state": "open", "revision": 0, "label_revision": None, "skip_reason": None}
    if person.label is not None:
        state = {**state, "state": "accepted", "revision": 1, "label_revision": 1}
    if is_crowd(person):
        state = {**state, "state": "skipped", "skip_reason": CROWD_REASON}
    row = PersonRow(
        **next_number(tx, PersonRow),
        image_id=image_id,
        area=person.area,
        source_id=person.source_id,
        extra=person.extra,
        **box_columns(person.box),
        **state,
    )
    tx.add(row)
    tx.flush()
    if person.label is not None:
        author = person.label.author
        tx.add(
            LabelRow(person_id=row.id, revision=1, author=author, created_at=utc_now(), **label_columns(person.label))
        )
        tx.flush()
    return row.id


def is_crowd(person: NewPerson) -> bool:
    """COCO's mark for a region of many people, which nobody labels one by one."""
    return person.extra.get("iscrowd") == 1
