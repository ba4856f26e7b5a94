"""What annotators decide about persons, and the label revisions that this leaves behind."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from db.convert import box_columns, label_columns, label_of
from db.errors import InvalidDecision, NotFound, RevisionConflict
from db.labelling import probes, readings
from db.labelling.closing import may_be_closed, set_open, settle_image
from db.labelling.keys import fingerprint
from db.labelling.leases import take_lease
from db.labelling.once import Change, Request, once
from db.labelling.recent import last_decision
from db.labelling.returned import settle_returned
from db.pool.checks import check_box, check_keypoints
from db.records import LONGEST_WORK_S, WITHDRAWN, Decision, DecisionOutcome
from db.schema import DecisionRow, ImageRow, LabelRow, PersonRow, PredictionRow, SecondLabelRow
from sspcm.pose import Box, Label

SECOND = "second reading"
"""As a decision of the second to read an image is remembered, whatever it was."""
BOX_BEFORE = "box_before"
"""Under which a remembered decision keeps the box that it changed."""

# Built once, as all that each next and each accept asks (`db/labelling/leases.py`).
_IMAGE_OF = select(PersonRow.image_id).where(PersonRow.id == bindparam("person_id"))
_PERSON = select(PersonRow).where(PersonRow.id == bindparam("person_id")).execution_options(populate_existing=True)
_IN_IMAGE = (
    select(LabelRow)
    .join(PersonRow, PersonRow.id == LabelRow.person_id)
    .where(PersonRow.image_id == bindparam("image_id"))
    .order_by(LabelRow.revision)
)
_NEWEST = select(func.max(LabelRow.revision)).where(LabelRow.person_id == bindparam("person_id"))
_PREDICTED = select(PredictionRow.person_id).where(PredictionRow.id == bindparam("prediction_id"))


def decide(tx: Session, decision: Decision, *, now: datetime, lease_s: float = 120.0) -> DecisionOutcome:
    """Write down what an annotator decided about one person, once: a key seen before gives its outcome again.

    "accept" adds a label revision; the others leave the person without a current label (`history` keeps every one).
    "reopen" takes a decision back: the person is open again and so is the image, which whoever reopened it then
    holds for `lease_s`. "not_a_person" with the reason WITHDRAWN takes somebody off every list whom this annotator
    added. An image whose persons are all decided closes and its lease ends. A decision may bring the person's box as
    the annotator left it: keypoints never move with it, nor it with them; the decision keeps the box before. How
    long it took is no part of what is decided: sent again with other seconds, it is the same decision.
    Raises NotFound; LeaseLost if another annotator holds the image; RevisionConflict if somebody decided about the
    person meanwhile; InvalidDecision, also for a validation image that came labelled.
    """
    content = _content(decision)
    image_id, request = _image_of(tx, decision.person_id), Request(decision.key, decision.user, now)
    change = once(tx, request, kind=decision.kind, image_id=image_id, content=content)
    if change.earlier is not None:
        return DecisionOutcome(**{**_without_box(change.earlier), "repeated": True})
    image = change.image
    person = tx.scalars(_PERSON, {"person_id": decision.person_id}).one()
    again = readings.row_of(tx, decision, person)
    if again is not None:
        return _decide_again(tx, change, again, decision, now=now, lease_s=lease_s)
    _check_revision(tx, person, decision)
    _check_seconds(decision.seconds)
    box_before = _change_box(person, decision.box, image)
    _apply(tx, decision, person, image, now=now)
    image_done = _settle(tx, decision, image, expires_at=now + timedelta(seconds=lease_s))
    if image_done:
        readings.draw(tx, image, decision.user, now=now)
    outcome = DecisionOutcome(
        person_id=person.id,
        image_id=image.id,
        state=person.state,
        revision=person.revision,
        image_done=image_done,
        label_revision=person.label_revision,
    )
    before = {} if box_before is None else {BOX_BEFORE: box_before}
    change.remember(asdict(outcome) | before, person_id=person.id, seconds=decision.seconds)
    return outcome


def _decide_again(
    tx: Session, change: Change, row: SecondLabelRow, decision: Decision, *, now: datetime, lease_s: float
) -> DecisionOutcome:
    """The same by the second to read an image: checked alike, remembered as the image's, and nothing that counts."""
    _check_seconds(decision.seconds)
    label = _checked(tx, decision, change.image) if decision.kind == "accept" else None
    if decision.kind == "skip":
        _reason(decision)
    outcome = readings.decide(tx, row, decision, label, now=now, lease_s=lease_s)
    replace(change, kind=SECOND).remember(asdict(outcome), seconds=decision.seconds)
    return outcome


def history(tx: Session, person_id: int) -> list[Label]:
    """Every label the person ever had, oldest first. `db.labelling.history` knows how each came about."""
    rows = tx.scalars(select(LabelRow).where(LabelRow.person_id == person_id).order_by(LabelRow.revision))
    return [label_of(row) for row in rows]


def latest(tx: Session, image_id: int) -> dict[int, Label]:
    """The newest label that each person of an image ever had, by person, whether it counts now or not."""
    return {row.person_id: label_of(row) for row in tx.scalars(_IN_IMAGE, {"image_id": image_id})}


def get_labels(tx: Session, label_ids: list[int]) -> dict[int, Label]:
    """Label revisions by their id, as a frozen set names them. Ids that are none are left out."""
    found: dict[int, Label] = {}
    for start in range(0, len(label_ids), 5000):  # databases bound the parameters of a query
        rows = tx.scalars(select(LabelRow).where(LabelRow.id.in_(label_ids[start : start + 5000])))
        found.update((row.id, label_of(row)) for row in rows)
    return found


def next_revision(tx: Session, person_id: int) -> int:
    """The number of the person's next label."""
    return (tx.scalar(_NEWEST, {"person_id": person_id}) or 0) + 1


def _without_box(outcome: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in outcome.items() if key != BOX_BEFORE}


def _content(decision: Decision) -> str:
    label = None if decision.label is None else label_columns(decision.label)
    box = {} if decision.box is None else {"box": box_columns(decision.box)}
    return fingerprint(
        kind=decision.kind, user=decision.user, person_id=decision.person_id, label=label, reason=decision.reason, **box
    )


def _image_of(tx: Session, person_id: int) -> int:
    image_id = tx.scalar(_IMAGE_OF, {"person_id": person_id})
    if image_id is None:
        raise NotFound(f"There is no person {person_id}; wanted one of this home. Load the next image.")
    return image_id


def _check_revision(tx: Session, person: PersonRow, decision: Decision) -> None:
    if person.revision == decision.expected_revision:
        return
    raise RevisionConflict(
        f"{_who_decided(tx, person, decision)} ({person.state.replace('_', ' ')} now); wanted the person as you last "
        "saw them here. Nothing was saved: load the image again."
    )


def _who_decided(tx: Session, person: PersonRow, decision: Decision) -> str:
    """Who is to blame that the person is not as the annotator saw them."""
    last = last_decision(tx, person.id)
    if last is None or person.revision > int(last.outcome.get("revision", person.revision)):
        return "An import changed this person meanwhile"
    who = last.user.name
    if who == decision.user.name:
        return "You decided about this person in another window"
    return f"{who} decided about this person meanwhile"


def _change_box(person: PersonRow, box: Box | None, image: ImageRow) -> dict[str, float] | None:
    """Write the box as it was given, if it is another; the columns before, or None if nothing changed.

    What the imported file said of the box before goes, for it is true no more. Only another box is checked: an
    imported one may lie where nobody could draw it.
    """
    columns = {} if box is None else box_columns(box)
    before: dict[str, float] = {name: getattr(person, name) for name in columns}
    if box is None or columns == before:
        return None
    check_box(box, image)
    for name, value in columns.items():
        setattr(person, name, value)
    person.extra = {key: value for key, value in person.extra.items() if key not in ("bbox", "rbbox")}
    return before


def _apply(tx: Session, decision: Decision, person: PersonRow, image: ImageRow, *, now: datetime) -> None:
    """Check what was decided, and write it to the person."""
    if decision.kind == "accept":
        person.label_revision = _add_label(tx, decision, person, image, now=now)
        person.state, person.skip_reason = "accepted", None
    elif decision.kind == "skip":
        person.label_revision = None
        person.state, person.skip_reason = "skipped", _reason(decision)
    elif decision.kind == "not_a_person":
        _check_withdrawn(tx, decision, person)
        person.label_revision = None
        person.state, person.skip_reason = "not_a_person", decision.reason
    else:
        _check_decided(person)
        person.label_revision = None
        person.state, person.skip_reason = "open", None
    person.revision += 1
    tx.flush()
    settle_returned(tx, person)


def _check_withdrawn(tx: Session, decision: Decision, person: PersonRow) -> None:
    """Raise InvalidDecision for a reason other than WITHDRAWN; for that one, unless they added who is open."""
    if decision.reason is None:
        return
    added = select(DecisionRow.id).where(
        DecisionRow.person_id == person.id,
        DecisionRow.kind == "add_person",
        DecisionRow.user_id == decision.user.id,
    )
    if decision.reason != WITHDRAWN or tx.scalar(added) is None:
        raise InvalidDecision(
            f"person {person.id} is not one whom {decision.user.name} added; wanted one to withdraw. Say instead that "
            "the box holds nobody."
        )
    if person.state != "open":
        raise InvalidDecision(
            f"person {person.id} is decided; wanted an open one to withdraw. Undo what was decided about them first."
        )


def _settle(tx: Session, decision: Decision, image: ImageRow, *, expires_at: datetime) -> bool:
    """Close or open the image as its persons now are; whoever reopened a person holds it.

    Where nobody is left but who was withdrawn, it is as empty as its annotator said, or stays open.
    """
    if decision.kind == "not_a_person" and decision.reason == WITHDRAWN and not may_be_closed(tx, image.id):
        return False
    if decision.kind != "reopen":
        return settle_image(tx, image)
    set_open(tx, image, is_open=True)
    take_lease(tx, image.id, decision.user, expires_at=expires_at)
    return False


def _add_label(tx: Session, decision: Decision, person: PersonRow, image: ImageRow, *, now: datetime) -> int:
    """Write the next label revision, without what a probe had put wrong; its number."""
    label = _checked(tx, decision, image)
    revision = next_revision(tx, decision.person_id)
    _check_began(decision, before=revision)
    label = probes.answer(tx, decision, label, person, revision=revision, now=now)
    tx.add(
        LabelRow(
            person_id=decision.person_id,
            revision=revision,
            author=decision.user.name,
            created_at=now,
            seconds=decision.seconds,
            began=decision.began,
            began_revision=decision.began_revision,
            **label_columns(label),
        )
    )
    return revision


def _checked(tx: Session, decision: Decision, image: ImageRow) -> Label:
    """An accept's label. Raises InvalidDecision for one that cannot be."""
    label = decision.label
    if label is None:
        raise InvalidDecision("this accept has no keypoints; wanted a label. Place them and accept again.")
    check_keypoints(tx, len(label.xyv))
    _check_places(label, image)
    _check_start(tx, label, decision.person_id, image)
    return label


def _check_began(decision: Decision, *, before: int) -> None:
    """Only a label begins with a label's revision, and with one that there is."""
    named = decision.began_revision
    if named is not None and (decision.began != "label" or not 1 <= named < before):
        raise InvalidDecision(
            f"the label says it began with '{decision.began}', revision {named} of person {decision.person_id}; wanted "
            f"one of the {before - 1} labels that they had. Load the image again."
        )


def _check_seconds(seconds: float | None) -> None:
    if seconds is not None and not 0 <= seconds <= LONGEST_WORK_S:  # NaN fails this too
        raise InvalidDecision(
            f"the decision took {seconds:g} s; wanted 0 to {LONGEST_WORK_S:.0f} s, without pauses. Leave it out where "
            "nobody measured it."
        )


def _check_places(label: Label, image: ImageRow) -> None:
    if not label.labelled.any():
        raise InvalidDecision(
            "every keypoint is absent; wanted at least one placed. Mark it as not a person, or skip it with a reason."
        )
    size = np.array([image.width, image.height])
    placed = label.xyv[label.labelled, :2]
    # a limb may reach out of the image, by an image's size at most
    outside = ((placed < -size) | (placed > 2 * size)).any(axis=1)
    if outside.any():
        x, y = placed[outside][0]
        raise InvalidDecision(
            f"a keypoint lies at ({x:.0f}, {y:.0f}) px; wanted it in or near the image, {image.width} x "
            f"{image.height} px. Move it back, or mark it absent."
        )


def _check_start(tx: Session, label: Label, person_id: int, image: ImageRow) -> None:
    if label.started_from is None:
        return
    if image.split == "validation":  # it was set aside while somebody's browser had it open
        raise InvalidDecision(
            "the label started from a prediction, and the image was set aside for validation meanwhile; wanted a label "
            "placed without one, since it measures the networks. Load the image again and place the keypoints."
        )
    of = tx.scalar(_PREDICTED, {"prediction_id": label.started_from})
    if of != person_id:
        raise InvalidDecision(
            f"the label says it started from prediction {label.started_from}; wanted one of person {person_id}. "
            "Load the image again."
        )


def _check_decided(person: PersonRow) -> None:
    if person.state == "open":
        raise InvalidDecision(f"person {person.id} is open already; wanted a decided one to reopen. Go on labelling.")


def _reason(decision: Decision) -> str:
    reason = (decision.reason or "").replace("\0", "").strip()  # PostgreSQL's text holds no NUL
    if not 1 <= len(reason) <= 1000:
        raise InvalidDecision(
            f"the reason for skipping has {len(reason)} characters; wanted 1 to 1000. Say why in a few words."
        )
    return reason
