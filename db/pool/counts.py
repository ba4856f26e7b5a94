"""How many images, persons and labels a home has."""

from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from db.pool.persons import is_listed
from db.records import Counts
from db.schema import (
    ImageRow,
    LabelRow,
    PersonRow,
)
from sspcm.pose import IMPORTED


def count(tx: Session) -> Counts:
    """What the lead page counts."""
    images = {
        (split, is_open): number
        for split, is_open, number in tx.execute(
            select(ImageRow.split, ImageRow.is_open, func.count()).group_by(ImageRow.split, ImageRow.is_open)
        )
    }
    persons = {
        (split, state): number
        for split, state, number in tx.execute(
            select(ImageRow.split, PersonRow.state, func.count())
            .join(ImageRow, ImageRow.id == PersonRow.image_id)
            .where(is_listed())
            .group_by(ImageRow.split, PersonRow.state)
        )
    }
    imported = tx.scalars(
        select(func.count())
        .select_from(PersonRow)
        .join(ImageRow, ImageRow.id == PersonRow.image_id)
        .join(LabelRow, and_(LabelRow.person_id == PersonRow.id, LabelRow.revision == PersonRow.label_revision))
        .where(ImageRow.split == "train", PersonRow.state == "accepted", LabelRow.author == IMPORTED)
    ).one()
    return Counts(
        images=sum(images.values()),
        images_open=images.get(("train", True), 0) + images.get(("validation", True), 0),
        images_validation=sum(number for (split, _), number in images.items() if split == "validation"),
        persons=sum(persons.values()),
        persons_open=persons.get(("train", "open"), 0),
        persons_accepted=persons.get(("train", "accepted"), 0),
        persons_imported=imported,
        persons_skipped=persons.get(("train", "skipped"), 0),
        persons_not_a_person=persons.get(("train", "not_a_person"), 0),
        persons_validation=sum(number for (split, _), number in persons.items() if split == "validation"),
        persons_validation_open=persons.get(("validation", "open"), 0),
        persons_validation_accepted=persons.get(("validation", "accepted"), 0),
    )


@dataclass(frozen=True)
class LabelledValidation:
    """How many validation people are labelled, and in how many images."""

    persons: int
    images: int


def validation_labelled(tx: Session) -> LabelledValidation:
    """Those whom rounds are measured by now."""
    query = (
        select(func.count(), func.count(PersonRow.image_id.distinct()))
        .select_from(PersonRow)
        .join(ImageRow, ImageRow.id == PersonRow.image_id)
        .where(ImageRow.split == "validation", PersonRow.state == "accepted")
    )
    return LabelledValidation(*tx.execute(query).one())
