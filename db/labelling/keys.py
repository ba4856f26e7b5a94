"""What every change by an annotator shares: its key makes it happen once, and the image must not be another's."""

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.errors import InvalidDecision, LeaseLost, NotFound
from db.records import RecentImage, UserRecord
from db.schema import CameraRow, DecisionRow, ImageRow, LeaseRow, UserRow
from db.upsert import insert, upsert_all

KEY_LENGTH = 128
LOOKED_BACK = 5000
"""How many of an annotator's newest decisions `recent_images` reads: 50 images of 100 persons."""


def hold_image(tx: Session, image_id: int) -> ImageRow:
    """The image's row, locked until the transaction ends, so that decisions in one image follow each other.

    Raises NotFound.
    """
    row = tx.scalar(
        select(ImageRow)
        .where(ImageRow.id == image_id)
        .with_for_update(of=ImageRow, key_share=True)
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound(f"There is no image {image_id}; wanted one of this home. Load the next image.")
    return row


def fingerprint(*, kind: str, user: UserRecord, **content: Any) -> str:
    """A hash of what is decided: the same decision sent again has the same."""
    text = json.dumps({"kind": kind, "user": user.id, **content}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def recall(tx: Session, key: str, content: str) -> dict[str, Any] | None:
    """What the decision with this key led to, or None if it is new.

    Raises InvalidDecision if the key stands for another decision or another annotator's.
    """
    if not 1 <= len(key) <= KEY_LENGTH or not key.isprintable():
        raise InvalidDecision(
            f"the decision's key has {len(key)} characters; wanted 1 to {KEY_LENGTH} printable ones. Reload the page."
        )
    row = tx.scalar(select(DecisionRow).where(DecisionRow.key == key))
    if row is None:
        return None
    if row.content != content:
        raise _key_taken(key)
    return dict(row.outcome)


def remember(
    tx: Session,
    key: str,
    content: str,
    *,
    kind: str,
    user: UserRecord,
    image_id: int,
    person_id: int | None,
    outcome: dict[str, Any],
    now: datetime,
) -> None:
    """Keep what the decision led to, under its key."""
    row = {
        "key": key,
        "user_id": user.id,
        "kind": kind,
        "image_id": image_id,
        "person_id": person_id,
        "content": content,
        "outcome": outcome,
        "decided_at": now,
    }
    added = tx.scalar(insert(tx, DecisionRow).values(row).on_conflict_do_nothing().returning(DecisionRow.id))
    if added is None:
        raise _key_taken(key)


def check_lease(tx: Session, image_id: int, user: UserRecord, *, now: datetime) -> None:
    """Raise LeaseLost if another annotator holds the image. Nobody holding it is fine."""
    holder = tx.scalar(
        select(UserRow.name)
        .join(LeaseRow, LeaseRow.user_id == UserRow.id)
        .where(LeaseRow.image_id == image_id, LeaseRow.user_id != user.id, LeaseRow.expires_at > now)
    )
    if holder is not None:
        raise LeaseLost(
            f"{holder} holds this image now; wanted it held by you, whose hold ran out. "
            "Nothing was saved: go on with the next image."
        )


def take_lease(tx: Session, image_id: int, user: UserRecord, *, expires_at: datetime) -> None:
    """The image is held by this annotator, after `check_lease` in an image that `hold_image` locked."""
    held: dict[str, Any] = {"image_id": image_id, "user_id": user.id, "expires_at": expires_at}
    upsert_all(tx, LeaseRow, [held], key=["image_id"])


def recent_images(tx: Session, user: UserRecord, *, limit: int) -> list[RecentImage]:
    """The train images in which this annotator last decided something, newest first, by their newest 5000 decisions."""
    newest = (
        select(DecisionRow.id, DecisionRow.image_id, DecisionRow.decided_at)
        .where(DecisionRow.user_id == user.id)
        .order_by(DecisionRow.id.desc())
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
        .where(ImageRow.split == "train")
        .order_by(last.c.id.desc())
        .limit(limit)
    )
    return [RecentImage(*row) for row in tx.execute(query)]


def last_decision(tx: Session, person_id: int) -> DecisionRow | None:
    """What was decided about the person last, if anything was."""
    newest = select(DecisionRow).where(DecisionRow.person_id == person_id).order_by(DecisionRow.id.desc()).limit(1)
    return tx.scalar(newest)


def _key_taken(key: str) -> InvalidDecision:
    return InvalidDecision(
        f"key '{key}' stands for another decision; wanted a key of its own for each decision. "
        "Reload the page and decide again."
    )
