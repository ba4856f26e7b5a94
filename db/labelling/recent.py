"""The images that somebody worked on last."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.labelling.skipping_all import KINDS as AT_ONCE
from db.records import RecentImage, UserRecord
from db.schema import CameraRow, DecisionRow, ImageRow

LOOKED_BACK = 5000
"""How many of an annotator's newest decisions `recent_images` reads: 50 images of 100 persons."""


def recent_images(tx: Session, user: UserRecord, *, limit: int) -> list[RecentImage]:
    """The images in which this annotator last decided something, newest first, by their newest 5000 decisions.

    What was decided about hundreds of people at once leads to no image.
    """
    newest = (
        select(DecisionRow.id, DecisionRow.image_id, DecisionRow.decided_at)
        .where(DecisionRow.user_id == user.id, DecisionRow.kind.not_in(AT_ONCE))
        .order_by(DecisionRow.id.desc())  # the index (user_id, id) backwards
        .limit(LOOKED_BACK)
        .subquery()
    )
    last = (
        select(newest.c.image_id, func.max(newest.c.id).label("id"), func.max(newest.c.decided_at).label("decided_at"))
        .group_by(newest.c.image_id)
        .subquery()
    )
    query = (
        select(ImageRow.id, ImageRow.file_name, CameraRow.name, ImageRow.is_open, last.c.decided_at)
        .join(last, last.c.image_id == ImageRow.id)
        .join(CameraRow, CameraRow.id == ImageRow.camera_id)
        .order_by(last.c.id.desc())
        .limit(limit)
    )
    return [RecentImage(*row) for row in tx.execute(query)]


def last_decision(tx: Session, person_id: int) -> DecisionRow | None:
    """What was decided about the person last, if anything was."""
    newest = select(DecisionRow).where(DecisionRow.person_id == person_id).order_by(DecisionRow.id.desc()).limit(1)
    return tx.scalar(newest)
