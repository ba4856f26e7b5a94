"""The images that somebody may work on: open ones of the pool."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.schema import ImageRow

WORKABLE = ImageRow.is_open & (ImageRow.split == "train")


def workable_images(tx: Session, image_ids: Collection[int]) -> dict[int, ImageRow]:
    """Those of the images that annotators may work on. An entry may lag behind its image for a moment."""
    query = select(ImageRow).where(ImageRow.id.in_(image_ids), WORKABLE)
    return {row.id: row for row in tx.scalars(query.execution_options(populate_existing=True))}
