"""What reviewers say of labels: good, or back with a comment or with a corrected pose; and taking that back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

import numpy as np
from sqlalchemy import Row, bindparam, delete, select
from sqlalchemy.orm import Session, aliased

from db.convert import label_of
from db.errors import AlreadyReviewed, InvalidDecision, NotFound, RevisionConflict
from db.labelling import findings
from db.labelling.closing import set_open, settle_image
from db.labelling.keys import fingerprint, remember
from db.labelling.labels import decide
from db.labelling.leases import check_lease, lock_image
from db.labelling.recent import last_decision
from db.labelling.returned import settle_returned
from db.labelling.review_walk import is_sampled_now
from db.pool.workable import is_shown
from db.records import Decision, ReviewResult, UserRecord
from db.schema import ImageRow, LabelRow, PersonRow, ReviewRow, UserRow
from sspcm.pose import Label

LONGEST_COMMENT = 1000
SENT_BACK, TAKEN_BACK = "sent_back", "review_undone"
"""How decisions of reviewers are kept beside those of annotators: whoever opens the image is told whose they are."""


@dataclass(frozen=True)
class NewReview:
    """A reviewer's word on one label. label: the corrected pose. key: of a correction, which is carried out once."""

    key: str
    person_id: int
    revision: int
    """The label's, as the reviewer saw it."""
    result: ReviewResult
    reviewer: UserRecord
    comment: str = ""
    label: Label | None = None


@dataclass(frozen=True)
class ReviewRecord:
    """A review. annotator: whose label it is, None where it was imported. corrected: the revision placed instead."""

    id: int
    person_id: int
    image_id: int
    file_name: str
    revision: int
    annotator: str | None
    reviewer: str
    result: ReviewResult
    comment: str
    corrected: int | None
    is_sampled: bool
    is_waiting: bool
    at: datetime


def review(tx: Session, given: NewReview, *, now: datetime) -> ReviewRecord:
    """Write down what a reviewer says of a label. The same said again by the same reviewer changes nothing.

    Good: the label stays, and what a check suspects of it is called right. Back with a comment: the person is open
    again, and waits for their annotator. Back with a pose: that pose is the person's label from now on, a revision by
    the reviewer.
    Raises NotFound; AlreadyReviewed where another was faster; RevisionConflict where the label is no more the one that
    counts; LeaseLost where somebody works on the image of a person who is to come back; InvalidDecision for one's own
    label, for a label that measures rounds as it came, and for a person sent back without a word or a pose.
    """
    image = _image_of(tx, given.person_id)
    person = tx.get_one(PersonRow, given.person_id, populate_existing=True)
    earlier = tx.scalar(select(ReviewRow).where(ReviewRow.person_id == person.id, ReviewRow.revision == given.revision))
    if earlier is not None:
        return _said_before(tx, earlier, given)
    label = _label_to_review(tx, person, given)
    _check(tx, given, label, person)
    annotator_id = tx.scalar(select(UserRow.id).where(UserRow.name == label.author))
    sampled = is_sampled_now(tx, person.id, label.author)
    corrected = None
    if given.result == "back":
        check_lease(tx, image.id, given.reviewer, now=now)
        corrected = _corrected(tx, given, label, person, image, now=now)
    row = ReviewRow(
        person_id=person.id,
        image_id=image.id,
        revision=given.revision,
        annotator_id=annotator_id,
        reviewer_id=given.reviewer.id,
        result=given.result,
        comment=given.comment.strip(),
        corrected=corrected,
        is_sampled=sampled,
        is_waiting=False,
        at=now,
    )
    tx.add(row)
    tx.flush()
    if given.result == "good":
        findings.found_good(tx, person.id, given.revision, given.reviewer.id, now=now)
    if given.result == "back" and corrected is None:
        _send_back(tx, given, person, image, now=now)
    return get_review(tx, row.id)


def undo_review(tx: Session, review_id: int, reviewer: UserRecord, *, now: datetime) -> ReviewRecord:
    """Take back what this reviewer said of a label, which counts again as it did; the review as it was.

    Raises NotFound for another's and for none; LeaseLost where somebody works on the image; RevisionConflict where
    somebody decided about the person, or reviewed the correction, since.
    """
    row = tx.get(ReviewRow, review_id)
    if row is None or row.reviewer_id != reviewer.id:
        raise NotFound(f"there is no review {review_id} of yours; wanted your last one. Reload the page.")
    image = lock_image(tx, row.image_id)
    person = tx.get_one(PersonRow, row.person_id, populate_existing=True)
    told = get_review(tx, row.id)
    if row.result == "back":
        check_lease(tx, image.id, reviewer, now=now)
        _check_unchanged(tx, row, person)
        person.state, person.label_revision = "accepted", row.revision
        person.revision += 1
    else:
        findings.not_found_good(tx, person.id, row.revision, reviewer.id, at=row.at)
    tx.execute(delete(ReviewRow).where(ReviewRow.id == row.id))
    tx.flush()
    if row.result == "back":
        settle_returned(tx, person)
        settle_image(tx, image)
        _keep(tx, uuid4().hex, TAKEN_BACK, person, reviewer, now=now)
    return told


_WHOSE, _WHO = aliased(UserRow), aliased(UserRow)
_TOLD = (
    select(ReviewRow, ImageRow.file_name, _WHOSE.name, _WHO.name)
    .join(ImageRow, ImageRow.id == ReviewRow.image_id)
    .outerjoin(_WHOSE, _WHOSE.id == ReviewRow.annotator_id)
    .join(_WHO, _WHO.id == ReviewRow.reviewer_id)
    .order_by(ReviewRow.id.desc())
    .execution_options(populate_existing=True)
)
_IN_IMAGE = _TOLD.where(ReviewRow.image_id == bindparam("image_id"))


def get_review(tx: Session, review_id: int) -> ReviewRecord:
    """One review. Raises NotFound."""
    found = list_reviews(tx, review_id=review_id)
    if not found:
        raise NotFound(f"there is no review {review_id}. Reload the page.")
    return found[0]


def list_reviews(
    tx: Session,
    *,
    review_id: int | None = None,
    annotator: UserRecord | None = None,
    result: ReviewResult | None = None,
    image_id: int | None = None,
    limit: int | None = None,
) -> list[ReviewRecord]:
    """Reviews, the newest first: of one annotator's labels, with one result, in one image, where that is asked."""
    query = _TOLD
    if review_id is not None:
        query = query.where(ReviewRow.id == review_id)
    if annotator is not None:
        query = query.where(ReviewRow.annotator_id == annotator.id)
    if result is not None:
        query = query.where(ReviewRow.result == result)
    if image_id is not None:
        query = query.where(ReviewRow.image_id == image_id)
    return _records(tx.execute(query.limit(limit)))


def newest_in_image(tx: Session, image_id: int) -> dict[int, ReviewRecord]:
    """What was said last of each person in an image, by person."""
    return {one.person_id: one for one in reversed(_records(tx.execute(_IN_IMAGE, {"image_id": image_id})))}


def _records(found: Iterable[Row[ReviewRow, str, str, str]]) -> list[ReviewRecord]:
    return [
        ReviewRecord(
            id=row.id,
            person_id=row.person_id,
            image_id=row.image_id,
            file_name=file_name,
            revision=row.revision,
            annotator=annotator_name,
            reviewer=reviewer,
            result=row.result,
            comment=row.comment,
            corrected=row.corrected,
            is_sampled=row.is_sampled,
            is_waiting=row.is_waiting,
            at=row.at,
        )
        for row, file_name, annotator_name, reviewer in found
    ]


def _image_of(tx: Session, person_id: int) -> ImageRow:
    """The person's image, locked. Raises NotFound."""
    image_id = tx.scalar(select(PersonRow.image_id).where(PersonRow.id == person_id))
    if image_id is None:
        raise NotFound(f"There is no person {person_id}; wanted one of this home. Load the next person.")
    return lock_image(tx, image_id)


def _said_before(tx: Session, row: ReviewRow, given: NewReview) -> ReviewRecord:
    """The review there is, if it is the very same one. Raises AlreadyReviewed."""
    told = get_review(tx, row.id)
    is_same = (row.reviewer_id, row.result, row.comment, row.corrected is None) == (
        given.reviewer.id,
        given.result,
        given.comment.strip(),
        given.label is None,
    )
    if not is_same:
        who = "You" if row.reviewer_id == given.reviewer.id else told.reviewer
        said = "found this label good" if row.result == "good" else "sent this label back"
        raise AlreadyReviewed(
            f"{who} {said} already; a label is reviewed once. Nothing was saved: go on with the next person."
        )
    return told


def _label_to_review(tx: Session, person: PersonRow, given: NewReview) -> LabelRow:
    """The label that counts, if it is the one that was seen. Raises RevisionConflict."""
    if person.state != "accepted" or person.label_revision != given.revision:
        last = last_decision(tx, person.id)
        who = last.user.name if last else "an import"
        raise RevisionConflict(
            f"{who} changed this person meanwhile ({person.state.replace('_', ' ')} now); wanted the label as you saw "
            "it. Nothing was saved: go on with the next person."
        )
    this = LabelRow.person_id == person.id, LabelRow.revision == given.revision
    return tx.scalars(select(LabelRow).where(*this)).one()


def _check(tx: Session, given: NewReview, label: LabelRow, person: PersonRow) -> None:
    if label.author == given.reviewer.name:
        raise InvalidDecision("this label is your own; wanted another's to review. Leave it to another reviewer.")
    shown = select(PersonRow.id).join(ImageRow, ImageRow.id == PersonRow.image_id)
    if tx.scalar(shown.where(PersonRow.id == person.id, is_shown())) is None:
        raise InvalidDecision(
            "this label came with a validation image and measures the rounds; wanted one that somebody placed here. "
            "Go on with the next person."
        )
    comment = given.comment.strip()
    if len(comment) > LONGEST_COMMENT or "\0" in comment:
        raise InvalidDecision(
            f"the comment has {len(comment)} characters; wanted at most {LONGEST_COMMENT}, none a NUL. Shorten it."
        )
    if given.result == "good" and (comment or given.label is not None):
        raise InvalidDecision("a good label has no comment and no other pose; send the person back, or leave them out.")
    if given.result == "back" and not comment and given.label is None:
        raise InvalidDecision(
            "who comes back has neither a comment nor a corrected pose; wanted one of them: the annotator is to know "
            "why. Say what is wrong in a few words, or move the keypoints."
        )


def _corrected(
    tx: Session, given: NewReview, label: LabelRow, person: PersonRow, image: ImageRow, *, now: datetime
) -> int | None:
    """The number of the label that holds the reviewer's pose; None where there is none."""
    if given.label is None:
        return None
    before = label_of(label)
    moved = np.zeros(len(given.label.xyv), dtype=bool) if given.label.touched is None else given.label.touched
    touched = moved if before.touched is None or len(before.touched) != len(moved) else moved | before.touched
    # Where the annotator began stays known; in validation nobody begins from a prediction.
    started_from = before.started_from if image.split == "train" else None
    placed = Label(given.label.xyv, author=given.reviewer.name, touched=touched, started_from=started_from)
    accepted = Decision(
        given.key,
        "accept",
        person.id,
        person.revision,
        given.reviewer,
        label=placed,
        began="label",
        began_revision=given.revision,
    )
    decide(tx, accepted, now=now)
    tx.refresh(person)
    return person.label_revision


def _send_back(tx: Session, given: NewReview, person: PersonRow, image: ImageRow, *, now: datetime) -> None:
    """The person is open again, as if their annotator had opened them."""
    person.state, person.label_revision = "open", None
    person.revision += 1
    tx.flush()
    settle_returned(tx, person)
    set_open(tx, image, is_open=True)
    _keep(tx, given.key, SENT_BACK, person, given.reviewer, now=now)


def _keep(tx: Session, key: str, kind: str, person: PersonRow, user: UserRecord, *, now: datetime) -> None:
    """A decision of its own, so that whoever finds the person changed is told by whom."""
    content = fingerprint(kind=kind, user=user, person_id=person.id, revision=person.revision)
    outcome = {"revision": person.revision, "state": person.state}
    remember(
        tx, key, content, kind=kind, user=user, image_id=person.image_id, person_id=person.id, outcome=outcome, now=now
    )


def _check_unchanged(tx: Session, row: ReviewRow, person: PersonRow) -> None:
    """Raise RevisionConflict unless the person is as this review left them."""
    reviewed_again = select(ReviewRow.id).where(ReviewRow.person_id == person.id, ReviewRow.revision > row.revision)
    is_as_left = person.state == "open" and row.is_waiting
    if row.corrected is not None:
        is_as_left = person.label_revision == row.corrected and tx.scalar(reviewed_again) is None
    if not is_as_left:
        last = last_decision(tx, person.id)
        who = last.user.name if last else "an import"
        raise RevisionConflict(
            f"{who} decided about this person since; what you said can no more be taken back. Go on with the next one."
        )
