"""Whom a reviewer sees next, what they say of a label, and taking that back."""

from collections.abc import Collection

import numpy as np
from sqlalchemy.orm import Session

from app.contract.base import BoxPayload
from app.contract.labelling import FlagPayload
from app.contract.review import ReviewedPayload, ReviewMessage, ReviewNextPayload, ReviewPersonPayload
from app.contract.sheet import FindingPayload
from app.labelling.tasks import image_payload, lens_payload
from db.clock import utc_now
from db.labelling import reviews
from db.labelling.review_walk import ReviewFilter, ToReview, count_to_review, persons_to_review
from db.labelling.reviews import NewReview
from db.records import UserRecord
from db.store.session import Store
from sspcm.pose import Label

MOST_LEFT = 1000
"""More persons than this are not counted."""


def next_persons(
    store: Store,
    user: UserRecord,
    wanted: ReviewFilter,
    *,
    after: int | None,
    exclude: Collection[int],
    limit: int,
) -> ReviewNextPayload:
    """Up to `limit` persons after one, without those whom the page has. Raises NotFound before there is a project."""
    now = utc_now()
    with store.reading() as tx:
        found = persons_to_review(tx, wanted, user, now=now, after=after, exclude=exclude, limit=limit)
        left = count_to_review(tx, wanted, user, now=now, most=MOST_LEFT) if after is None else None
        return ReviewNextPayload(persons=[_person(tx, one) for one in found], left=left)


def say(store: Store, user: UserRecord, message: ReviewMessage) -> ReviewedPayload:
    """Good, back with a comment, or back with a corrected pose. Raises PoseError and the store's refusals."""
    label = None
    if message.xyv is not None:
        touched = None if message.touched is None else np.array(message.touched, dtype=bool)
        label = Label(np.array(message.xyv, dtype=np.float64).reshape(-1, 3), author=user.name, touched=touched)
    given = NewReview(message.key, message.person_id, message.revision, message.result, user, message.comment, label)
    with store.transaction() as tx:
        return ReviewedPayload.of(reviews.review(tx, given, now=utc_now()))


def undo(store: Store, user: UserRecord, review_id: int) -> ReviewPersonPayload:
    """One's own review is taken back; the person as they are to be reviewed again. Raises the store's refusals."""
    with store.transaction() as tx:
        undone = reviews.undo_review(tx, review_id, user, now=utc_now())
        found = persons_to_review(
            tx, ReviewFilter("all", undone.annotator), user, now=utc_now(), after=undone.person_id - 1, limit=1
        )
        return _person(tx, found[0])


def _person(tx: Session, one: ToReview) -> ReviewPersonPayload:
    person, image, label = one.person, one.image, one.person.label
    assert label is not None  # accepted persons have one
    return ReviewPersonPayload(
        id=person.id,
        revision=one.revision,
        annotator=label.author,
        image=image_payload(image),
        lens=lens_payload(image),
        box=BoxPayload.of(person.box),
        xyv=label.xyv.tolist(),
        flags=[
            FlagPayload(keypoint=flag.keypoint, score=flag.score, reason=flag.reason)
            for flag in (one.score.flags if one.score else ())
        ],
        findings=[FindingPayload.of(finding) for finding in one.findings],
        earlier=_came_back(tx, one) if one.came_back else None,
    )


def _came_back(tx: Session, one: ToReview) -> ReviewedPayload | None:
    """The last time that the person's label was sent back."""
    found = reviews.list_reviews(tx, image_id=one.image.id, result="back")
    return next((ReviewedPayload.of(said) for said in found if said.person_id == one.person.id), None)
