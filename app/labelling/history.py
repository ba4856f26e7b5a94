"""Every label that a person had: whose it is, how long it took, what it began with, how far it was moved from there.

And one of them brought back, as a new revision.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from jaxtyping import Float
from sqlalchemy.orm import Session

from app.contract.labelling import HistoryEntryPayload, HistoryPayload, MovedKeypoint, RevisionPayload
from db.clock import utc_now
from db.errors import InvalidDecision, NotFound
from db.labelling import history, labels, readings, reviews
from db.people import audit
from db.people.audit import Actor
from db.pool import images, project
from db.pool.persons import get_person
from db.records import (
    WITHDRAWN,
    Decision,
    DecisionOutcome,
    LabelRevision,
    PastDecision,
    PersonRecord,
    StoredPrediction,
    UserRecord,
)
from db.store.session import Store
from sspcm.pose import IMPORTED, Label
from sspcm.skeletons.skeleton import Skeleton

NEVER = "It came labelled for validation: rounds are measured by its label, which never changes."
HIDDEN = "a network's prediction, which validation people are labelled without"
WORDS = {
    "skip": "skipped",
    "not_a_person": "said to be nobody",
    "sent_back": "sent back by a reviewer",
    "review_undone": "not sent back after all",
    "reopen": "opened again",
    "add_person": "added, by a box",
    "skip_all": "skipped, with everybody too small or too dark",
    "reopen_all": "opened again, with everybody skipped at once",
}
"""What each kind of decision did to a person; an accept is told by its label."""
LEAST_PX = 0.005
"""The editor keeps hundredths: nothing was moved by less."""


@dataclass(frozen=True)
class _Known:
    """What tells how a person's labels came about. is_blind: nothing that a network said may be told."""

    person: PersonRecord
    skeleton: Skeleton
    labels: Mapping[int, LabelRevision]
    predictions: Mapping[int, StoredPrediction]
    is_blind: bool


def history_of(store: Store, user: UserRecord, person_id: int) -> HistoryPayload:
    """What became of a person, the newest first.

    Of a validation person, who is labelled blind, nothing is told of what networks said. Raises NotFound, and
    InvalidDecision where an annotator asks for a validation person who came labelled.
    """
    with store.reading() as tx:
        person = get_person(tx, person_id)
        image = images.get_image(tx, person.image_id)
        is_kept = images.came_labelled(tx, image.id)
        if is_kept and user.role != "lead":
            raise InvalidDecision(
                f"person {person_id} belongs to validation and came labelled, which measures the rounds; wanted one "
                "that annotators work on. Open another image."
            )
        (seen,) = readings.as_second(tx, image.id, user, [person]) or [person]
        if seen is not person:
            return _nothing_yet(seen)
        found = history.revisions(tx, person_id)
        known = _Known(
            person,
            project.get_project(tx).skeleton,
            {one.label.revision: one for one in found},
            history.begun_with(tx, person_id),
            is_blind=image.split == "validation" and not is_kept,
        )
        decided = [one for one in history.decided(tx, person_id) if one.kind != "accept"]
        back = reviews.list_reviews(tx, image_id=image.id, result="back")
        comments = {said.at: said.comment for said in back if said.person_id == person_id}
    entries = [_label_entry(one, known) for one in found]
    entries += [_decision_entry(one, person, comments) for one in decided]
    entries.sort(key=lambda entry: entry.at)  # stable: of one moment, the label first
    return HistoryPayload(
        person_id=person.id,
        image_id=person.image_id,
        revision=person.revision,
        state=person.state,
        entries=entries[::-1],
        stays=NEVER if is_kept else None,
    )


def _nothing_yet(seen: PersonRecord) -> HistoryPayload:
    """Of somebody whom this annotator labels without knowing that another has."""
    return HistoryPayload(
        person_id=seen.id, image_id=seen.image_id, revision=seen.revision, state=seen.state, entries=[], stays=None
    )


def restore(store: Store, user: UserRecord, actor: Actor, person_id: int, revision: int, *, key: str) -> int:
    """An earlier label becomes the person's again, as a new revision: its number, with a line in the audit log.

    Raises NotFound, LeaseLost while another holds the image, RevisionConflict, and InvalidDecision for a validation
    person who came labelled.
    """
    with store.transaction() as tx:
        person = get_person(tx, person_id)
        earlier = _revision(tx, person_id, revision)
        label = Label(
            earlier.xyv, author=user.name, touched=np.zeros(len(earlier.xyv), bool), started_from=earlier.started_from
        )
        decision = Decision(
            key, "accept", person_id, person.revision, user, label=label, began="label", began_revision=revision
        )
        outcome = labels.decide(tx, decision, now=utc_now())
        _note(tx, actor, person_id, revision, outcome)
    assert outcome.label_revision is not None
    return outcome.label_revision


def note_restored(tx: Session, actor: Actor | None, decision: Decision, outcome: DecisionOutcome) -> None:
    """A line in the audit log where a lead accepted a label that began with one before the latest."""
    began, now = decision.began_revision, outcome.label_revision
    is_earlier = began is not None and now is not None and began < now - 1
    if actor is not None and is_earlier and decision.user.role == "lead":
        assert began is not None
        _note(tx, actor, decision.person_id, began, outcome)


def _note(tx: Session, actor: Actor, person_id: int, revision: int, outcome: DecisionOutcome) -> None:
    details = {"revision": revision, "as": outcome.label_revision}
    audit.note(tx, actor, "label restored", f"person {person_id}", details)


def _revision(tx: Session, person_id: int, revision: int) -> Label:
    found = {label.revision: label for label in labels.history(tx, person_id)}
    if revision not in found:
        there_are = ", ".join(map(str, found)) or "none"
        raise NotFound(
            f"person {person_id} has no label of revision {revision}; wanted one of: {there_are}. "
            f"`label history {person_id}` lists them."
        )
    return found[revision]


def _label_entry(one: LabelRevision, known: _Known) -> HistoryEntryPayload:
    label, person = one.label, known.person
    is_imported = label.author == IMPORTED
    began = _began(one, known)
    counts = person.label is not None and person.label.revision == label.revision
    told = RevisionPayload(
        revision=label.revision,
        xyv=label.xyv.tolist(),
        began=began,
        started_from=None if known.is_blind else label.started_from,
        moved=[] if is_imported else _moved(one, known),
        counts=counts,
    )
    by = "an import" if is_imported else label.author
    return HistoryEntryPayload(at=one.at, by=by, what=f"label {label.revision}", seconds=one.seconds, label=told)


def _decision_entry(one: PastDecision, person: PersonRecord, comments: Mapping[datetime, str]) -> HistoryEntryPayload:
    """comments: of the reviewers who sent the person back, by when they did."""
    what = WORDS.get(one.kind, one.kind.replace("_", " "))
    if one.kind == "sent_back" and comments.get(one.at):
        what = f"{what}: {comments[one.at]}"
    if one.kind == "not_a_person" and person.skip_reason == WITHDRAWN:
        what = "taken off the list again"
    return HistoryEntryPayload(at=one.at, by=one.by, what=what, seconds=one.seconds, label=None)


def _began(one: LabelRevision, known: _Known) -> str:
    """What a label's pose began with, in words."""
    if one.label.author == IMPORTED:
        return "it came with a file"
    match one.began:
        case "label":
            return f"label {one.began_revision}" if one.began_revision else "an earlier label"
        case "copy":
            return "a pose of an earlier frame, or edits kept in the browser"
        case "empty":
            return "nothing"
    predicted = known.predictions.get(one.label.started_from or -1)
    if predicted is None:
        return "not noted"
    if known.is_blind:
        return HIDDEN
    if predicted.round_number is not None:
        return f"the prediction of round {predicted.round_number}'s student"
    return f"the prediction of {predicted.prediction.network}"


def _start(one: LabelRevision, known: _Known) -> Float[np.ndarray, "K 2"] | None:
    """Where a label's pose began, in image px, NaN where it has no place; None where nobody knows."""
    if one.began == "label":
        earlier = known.labels.get(one.began_revision or -1)
        return None if earlier is None else earlier.label.xy
    predicted = known.predictions.get(one.label.started_from or -1)
    if predicted is None or known.is_blind or one.began in ("copy", "empty"):
        return None
    nowhere = (predicted.prediction.xyc == 0).all(axis=1)  # what a model does not know has no place
    return np.where(nowhere[:, None], np.nan, predicted.prediction.xy)


def _moved(one: LabelRevision, known: _Known) -> list[MovedKeypoint]:
    label, start = one.label, _start(one, known)
    touched: Sequence[bool] = [] if label.touched is None else label.touched.tolist()
    px = np.full(len(label.xyv), np.nan) if start is None else np.hypot(*(label.xy - start).T)
    sigmas = px / (np.sqrt(known.person.oks_area) * known.skeleton.sigma_array)
    return [
        MovedKeypoint(keypoint=k, touched=is_touched, px=_rounded(px[k]), sigmas=_rounded(sigmas[k]))
        for k, is_touched in enumerate(touched)
        if is_touched or px[k] >= LEAST_PX
    ]


def _rounded(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 2)
