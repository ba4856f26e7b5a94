"""The images that somebody may work on: open ones, of the pool and of validation."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, bindparam, or_, select
from sqlalchemy.orm import Session

from db.schema import DecisionRow, ImageRow, PersonRow

WORKABLE = ImageRow.is_open
_WORKABLE_OF = (
    select(ImageRow)
    .where(ImageRow.id.in_(bindparam("image_ids", expanding=True)), WORKABLE)
    .execution_options(populate_existing=True)
)


def workable_images(tx: Session, image_ids: Collection[int]) -> dict[int, ImageRow]:
    """Those of the images that annotators may work on. An entry may lag behind its image for a moment."""
    return {row.id: row for row in tx.scalars(_WORKABLE_OF, {"image_ids": list(image_ids)})}


def came_labelled(tx: Session, image: ImageRow) -> bool:
    """Whether it is a validation image that came with its labels, about which nobody decided here: it stays as it is.

    One that was set aside, or came with boxes, is labelled here, and who labelled it may correct it.
    """
    if image.split == "train" or image.is_open:
        return False
    somebody = select(PersonRow.id).where(PersonRow.image_id == image.id)
    if tx.scalar(somebody.limit(1)) is None:
        return False
    decided = select(DecisionRow.id).where(DecisionRow.person_id.in_(somebody))
    return tx.scalar(decided.limit(1)) is None


def is_shown() -> ColumnElement[bool]:
    """Whether a person, beside their image, is one of the pool, or a validation person who is labelled here."""
    decided = select(1).where(DecisionRow.person_id == PersonRow.id)
    return or_(ImageRow.split == "train", PersonRow.state == "open", decided.exists())
