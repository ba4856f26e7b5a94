"""Every change by an annotator: it happens once, in an image that no other holds, and is remembered by its key."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db.labelling.keys import recall, remember
from db.labelling.leases import check_lease, lock_image
from db.pool.checks import check_split
from db.records import DecisionKind, UserRecord
from db.schema import ImageRow

ChangeKind = DecisionKind | str
"""A decision about a person, or "finish", "reopen_image" and "add_person" about an image."""


@dataclass(frozen=True)
class Request:
    """Who asks for a change, when, and the key under which it happens once however often it is sent."""

    key: str
    user: UserRecord
    now: datetime


@dataclass(frozen=True)
class Change:
    """A change that may be made now; or one made before, with what it led to then."""

    tx: Session
    request: Request
    kind: ChangeKind
    content: str
    image: ImageRow
    earlier: dict[str, Any] | None

    def remember(self, outcome: dict[str, Any], *, person_id: int | None = None, seconds: float | None = None) -> None:
        """Keep what it led to, for whoever sends it again. seconds: that were worked for it."""
        remember(
            self.tx,
            self.request.key,
            self.content,
            kind=self.kind,
            user=self.request.user,
            image_id=self.image.id,
            person_id=person_id,
            outcome=outcome,
            now=self.request.now,
            seconds=seconds,
        )


def once(tx: Session, request: Request, *, kind: ChangeKind, image_id: int, content: str) -> Change:
    """Begin a change: the image is locked until the transaction ends. content: the change's `keys.fingerprint`.

    The order matters. The lock comes first, so that the same change sent twice at once waits for itself; what was
    done before is answered whoever holds the image by now.
    Raises NotFound; LeaseLost if another annotator holds the image; InvalidDecision for a validation image that came
    labelled, or for a key that stands for another change.
    """
    image = lock_image(tx, image_id)
    earlier = recall(tx, request.key, content)
    if earlier is None:
        check_split(tx, image)
        check_lease(tx, image_id, request.user, now=request.now)
    return Change(tx, request, kind, content, image, earlier)
