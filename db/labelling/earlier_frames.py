"""Earlier frames of the same camera in which somebody has a pose."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.convert import image_record
from db.records import ImageRecord
from db.schema import (
    ImageRow,
    PersonRow,
    PredictionRow,
    ProjectRow,
)


def earlier_with_pose(tx: Session, image: ImageRecord, *, frames: int) -> list[ImageRecord]:
    """Of the same camera's images of the same split, those of the `frames` before in which somebody has a pose.

    The nearest comes first. A pose is a label that counts, or a prediction by the published round or by an imported
    model; whether any keypoint of it is present is for the caller to see. In validation images only labels count, and
    no label goes from one split into the other.
    """
    earlier = (
        select(ImageRow.id, ImageRow.frame)
        .where(ImageRow.camera_id == image.camera.id, ImageRow.split == image.split, ImageRow.frame < image.frame)
        .order_by(ImageRow.frame.desc(), ImageRow.id.desc())
        .limit(frames)
        .subquery()
    )
    published = select(ProjectRow.published_round_id).scalar_subquery()
    predicted = select(1).where(
        PredictionRow.person_id == PersonRow.id,
        PredictionRow.round_id.is_(None) | (PredictionRow.round_id == published),
    )
    has_pose = PersonRow.state == "accepted"
    if image.split == "train":
        has_pose |= (PersonRow.state != "not_a_person") & predicted.exists()
    posed = select(1).where(PersonRow.image_id == earlier.c.id, has_pose)
    query = select(ImageRow).join(earlier, earlier.c.id == ImageRow.id).where(posed.exists())
    nearest_first = query.order_by(earlier.c.frame.desc(), earlier.c.id.desc())
    return [image_record(row) for row in tx.scalars(nearest_first.execution_options(populate_existing=True))]
