"""An image closes when everybody in it is decided, and opens again."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from db.clock import utc_now
from db.errors import InvalidDecision
from db.labelling.keys import fingerprint
from db.labelling.leases import take_lease
from db.labelling.once import Request, once
from db.pool.persons import count_open_persons, is_listed
from db.records import UserRecord
from db.schema import (
    DecisionRow,
    ImageRow,
    LeaseRow,
    PersonRow,
    RankingEntryRow,
)


def finish_image(tx: Session, image_id: int, *, user: UserRecord, key: str, now: datetime | None = None) -> None:
    """Close an image: nobody, or nobody else, is there. Harmless when repeated.

    Raises NotFound, LeaseLost, or InvalidDecision for a validation image that came labelled, or while a person in it is
    open. `now` is the present if not given.
    """
    now = now or utc_now()
    content = fingerprint(kind="finish", user=user, image_id=image_id)
    change = once(tx, Request(key, user, now), kind="finish", image_id=image_id, content=content)
    if change.earlier is not None:
        return
    open_persons = count_open_persons(tx, image_id)
    if open_persons:
        raise InvalidDecision(
            f"{open_persons} {'person is' if open_persons == 1 else 'persons are'} still open in image {image_id}; "
            "wanted every person decided. Accept, skip or mark each as not a person first."
        )
    set_open(tx, change.image, is_open=False)
    change.remember({})


def reopen_image(
    tx: Session, image_id: int, *, user: UserRecord, key: str, lease_s: float, now: datetime | None = None
) -> None:
    """Take back "nobody (else) is here": the image is open again, and held for `lease_s` by whoever reopened it.

    It is open because its annotator said so, even where every person in it is decided; `finish_image` closes it again,
    and so does the next decision that leaves nobody open. Harmless when repeated. Raises NotFound, LeaseLost, or
    InvalidDecision for a validation image that came labelled. `now` is the present if not given.
    """
    now = now or utc_now()
    content = fingerprint(kind="reopen_image", user=user, image_id=image_id)
    change = once(tx, Request(key, user, now), kind="reopen_image", image_id=image_id, content=content)
    if change.earlier is not None:
        return
    set_open(tx, change.image, is_open=True)
    take_lease(tx, image_id, user, expires_at=now + timedelta(seconds=lease_s))
    change.remember({})


def may_be_closed(tx: Session, image_id: int) -> bool:
    """Whether an image without open persons is done: somebody is in it, or an annotator said that nobody is."""
    if tx.scalar(select(PersonRow.id).where(PersonRow.image_id == image_id, is_listed()).limit(1)) is not None:
        return True
    said = select(DecisionRow.kind).where(DecisionRow.image_id == image_id, DecisionRow.person_id.is_(None))
    return tx.scalar(said.order_by(DecisionRow.id.desc()).limit(1)) == "finish"


def settle_image(tx: Session, image: ImageRow) -> bool:
    """Close an image if every person in it is decided, open it if one is not; whether it is closed now."""
    done = count_open_persons(tx, image.id) == 0
    set_open(tx, image, is_open=not done)
    return done


def set_open(tx: Session, image: ImageRow, *, is_open: bool) -> None:
    """Open or close an image; its place in every ranking follows, and closing it ends its lease.

    Whoever looks at a closed image keeps it until they let it go (`queue.claim_image`), also while deciding there.
    Entries before the lease, as `queue.claim` takes them: the other way round, PostgreSQL found deadlocks.
    """
    if image.is_open == is_open:
        return
    mark_open(tx, image, is_open=is_open)
    if not is_open:
        tx.execute(delete(LeaseRow).where(LeaseRow.image_id == image.id))


def mark_open(tx: Session, image: ImageRow, *, is_open: bool) -> None:
    """Open or close an image in every ranking, and leave whoever holds it alone."""
    image.is_open = is_open
    tx.flush()
    tx.execute(update(RankingEntryRow).where(RankingEntryRow.image_id == image.id).values(is_open=is_open))
