"""How many images, persons and labels a home has.

The store counts them as they change (`PoolCountRow`), so that nobody reads a large home to know how large it is.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from db.records import Counts, Split
from db.schema import ImageRow, PersonRow, PoolCountRow

_OPEN_IMAGES = select(func.sum(PoolCountRow.number)).where(
    PoolCountRow.what == "image_open", PoolCountRow.work_id.in_(bindparam("works", expanding=True))
)
_EVERYBODY = (
    select(PoolCountRow.split, func.sum(PoolCountRow.number))
    .where(PoolCountRow.what.in_(("open", "accepted", "skipped", "not_a_person", "withdrawn")))
    .group_by(PoolCountRow.split)
)


def count(tx: Session) -> Counts:
    """What the lead page counts."""
    query = select(PoolCountRow.what, PoolCountRow.split, func.sum(PoolCountRow.number))
    found = {
        (what, split): number
        for what, split, number in tx.execute(query.group_by(PoolCountRow.what, PoolCountRow.split))
    }

    def of(*kinds: str, split: Split) -> int:
        return sum(found.get((what, split), 0) for what in kinds)

    images, listed = ("image_open", "image_closed"), ("open", "accepted", "skipped", "not_a_person")
    return Counts(
        images=of(*images, split="train") + of(*images, split="validation"),
        images_open=of("image_open", split="train") + of("image_open", split="validation"),
        images_validation=of(*images, split="validation"),
        persons=of(*listed, split="train") + of(*listed, split="validation"),
        persons_open=of("open", split="train"),
        persons_accepted=of("accepted", split="train"),
        persons_imported=of("imported", split="train"),
        persons_skipped=of("skipped", split="train"),
        persons_not_a_person=of("not_a_person", split="train"),
        persons_validation=of(*listed, split="validation"),
        persons_validation_open=of("open", split="validation"),
        persons_validation_accepted=of("accepted", split="validation"),
    )


def open_images(tx: Session, works: Collection[int]) -> int:
    """How many open images have one of these marks (`db/labelling/work.py`)."""
    return tx.scalar(_OPEN_IMAGES, {"works": list(works)}) or 0


def images_by_work(tx: Session) -> dict[int, tuple[int, int]]:
    """How many images have each mark, and how many of them are open."""
    is_open = PoolCountRow.what == "image_open"
    query = (
        select(PoolCountRow.work_id, func.sum(PoolCountRow.number), func.sum(PoolCountRow.number).filter(is_open))
        .where(PoolCountRow.what.in_(("image_open", "image_closed")))
        .group_by(PoolCountRow.work_id)
    )
    return {work_id: (int(total), int(opened or 0)) for work_id, total, opened in tx.execute(query)}


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


@dataclass(frozen=True)
class Everybody:
    """How many people there are, on a list or not, and how many of them in validation."""

    persons: int
    validation: int


def everybody(tx: Session) -> Everybody:
    """All people."""
    found = {split: int(number) for split, number in tx.execute(_EVERYBODY)}
    return Everybody(sum(found.values()), found.get("validation", 0))
