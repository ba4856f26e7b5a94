"""What an annotator does: take an image, decide about its persons, hold on to it, let it go. One transaction each."""

from collections.abc import Collection, Sequence

import numpy as np
from sqlalchemy.orm import Session

from app.cameras import lens_of
from app.payload import (
    AcceptMessage,
    AddPersonMessage,
    BoxPayload,
    FlagPayload,
    ImagePayload,
    LensPayload,
    PersonMessage,
    PersonPayload,
    SavedPayload,
    SavedPerson,
    SkipMessage,
    StartPayload,
    TaskPayload,
)
from db import images, labels, predictions, project, queue
from db.clock import utc_now
from db.records import (
    Decision,
    ImageRecord,
    NewPerson,
    PersonRecord,
    PersonScore,
    ProjectRecord,
    StoredPrediction,
    UserRecord,
)
from db.session import Store
from sspcm.pose import ABSENT, HIDDEN, VISIBLE, Box, Label

SEEN_ABOVE = 0.2
"""A predicted keypoint of this confidence starts as visible, one below as hidden."""
GHOSTS = ("A", "B", "A_prev", "B_prev")


def next_task(store: Store, user: UserRecord, *, exclude: Collection[int], lease_s: float) -> TaskPayload | None:
    """The next image for this annotator, held for them; None when nothing is left."""
    with store.transaction() as tx:
        claimed = queue.claim(tx, user, now=utc_now(), lease_s=lease_s, exclude=exclude)
    if claimed is None:
        return None
    with store.reading() as tx:  # the image is held: putting the task together keeps nobody from saving
        return _task(tx, claimed[0].image, lease_s)


def _task(tx: Session, image: ImageRecord, lease_s: float) -> TaskPayload:
    described = project.get_project(tx)
    persons = [p for p in images.list_persons(tx, image_id=image.id) if p.extra.get("iscrowd") != 1]
    ids = [person.id for person in persons]
    number = described.published_round
    scores = predictions.imported_scores(tx, ids)
    predicted = {person_id: [stored] for person_id, stored in predictions.imported(tx, ids).items()}
    if number is not None:  # what a round says of a person counts before what an imported model says
        scores |= predictions.person_scores(tx, number, ids)
        predicted |= predictions.for_persons(tx, ids, round_number=number)
    payloads = [_person(p, scores.get(p.id), predicted.get(p.id, []), described) for p in persons]
    payloads.sort(key=lambda p: -1.0 if p.score is None else p.score, reverse=True)
    return TaskPayload(
        image=_image(image),
        skeleton=described.skeleton.to_json(),
        lease_s=lease_s,
        lens=_lens(image),
        round=number,
        persons=payloads,
        remaining=images.count_open(tx),
    )


def _image(image: ImageRecord) -> ImagePayload:
    return ImagePayload(
        id=image.id,
        url=f"/img/{image.id}/{image.sha256}",
        width=image.width,
        height=image.height,
        file_name=image.file_name,
        camera=image.camera.name,
    )


def _lens(image: ImageRecord) -> LensPayload | None:
    lens = lens_of(image)
    return LensPayload(x=lens.x, y=lens.y, radius=lens.radius) if lens else None


def person_payload(person: PersonRecord, described: ProjectRecord) -> PersonPayload:
    """A person nobody predicted yet."""
    return _person(person, None, [], described)


def _person(
    person: PersonRecord, score: PersonScore | None, predicted: Sequence[StoredPrediction], described: ProjectRecord
) -> PersonPayload:
    by_network = {stored.prediction.network: stored for stored in predicted}
    box = person.box
    return PersonPayload(
        id=person.id,
        revision=person.revision,
        state=person.state,
        box=BoxPayload(x=box.x, y=box.y, width=box.width, height=box.height, angle=box.angle),
        score=score.score if score else None,
        flags=[
            FlagPayload(keypoint=flag.keypoint, score=flag.score, reason=flag.reason)
            for flag in (score.flags if score else ())
        ],
        start=_start(person, by_network.get("C") or _imported(predicted), len(described.skeleton)),
        ghosts={name: by_network[name].prediction.xyc.tolist() for name in GHOSTS if name in by_network},
    )


def _imported(predicted: Sequence[StoredPrediction]) -> StoredPrediction | None:
    """An imported model's prediction, if that is what there is."""
    return next((stored for stored in predicted if stored.round_number is None), None)


def _start(person: PersonRecord, found: StoredPrediction | None, keypoints: int) -> StartPayload:
    """The label if there is one, else what the student or an imported model predicted, else nothing placed."""
    if person.label is not None:
        return StartPayload(xyv=person.label.xyv.tolist(), source="label", prediction_id=person.label.started_from)
    if found is None:
        return StartPayload(xyv=[[0.0, 0.0, 0.0]] * keypoints, source="empty", prediction_id=None)
    pose = found.prediction
    visibility = np.where(pose.confidence >= SEEN_ABOVE, VISIBLE, HIDDEN)
    if found.round_number is not None:
        xyv = np.column_stack([pose.xy, visibility]).tolist()
        return StartPayload(xyv=xyv, source="student", prediction_id=found.id)
    visibility[pose.confidence == 0] = ABSENT  # the model does not know this keypoint, or saw nothing of it
    xyv = np.column_stack([pose.xy, visibility]).tolist()
    return StartPayload(xyv=xyv, source="model", prediction_id=found.id, model=pose.network)


def accept(store: Store, user: UserRecord, message: AcceptMessage, *, lease_s: float) -> SavedPayload:
    """Keypoints become the person's label. Raises PoseError and the store's refusals; then nothing has changed."""
    label = Label(
        np.array(message.xyv, dtype=np.float64).reshape(-1, 3),
        author=user.name,
        touched=np.array(message.touched, dtype=bool),
        started_from=message.started_from,
    )
    decision = Decision(message.key, "accept", message.person_id, message.revision, user, label=label)
    return _decide(store, decision, lease_s)


def skip(store: Store, user: UserRecord, message: SkipMessage, *, lease_s: float) -> SavedPayload:
    """The person is left without a label, for a reason."""
    decision = Decision(message.key, "skip", message.person_id, message.revision, user, reason=message.reason)
    return _decide(store, decision, lease_s)


def not_a_person(store: Store, user: UserRecord, message: PersonMessage, *, lease_s: float) -> SavedPayload:
    """The box holds nobody."""
    return _decide(store, Decision(message.key, "not_a_person", message.person_id, message.revision, user), lease_s)


def reopen(store: Store, user: UserRecord, message: PersonMessage, *, lease_s: float) -> SavedPayload:
    """A decision is taken back."""
    return _decide(store, Decision(message.key, "reopen", message.person_id, message.revision, user), lease_s)


def _decide(store: Store, decision: Decision, lease_s: float) -> SavedPayload:
    with store.transaction() as tx:
        outcome = labels.decide(tx, decision, now=utc_now(), lease_s=lease_s)
    return SavedPayload(
        person=SavedPerson(id=outcome.person_id, revision=outcome.revision, state=outcome.state),
        image_done=outcome.image_done,
        repeated=outcome.repeated,
    )


def add_person(store: Store, user: UserRecord, message: AddPersonMessage) -> PersonPayload:
    """A box the annotator drew becomes an open person. Raises PoseError and the store's refusals."""
    box = Box(**message.box.model_dump())
    with store.transaction() as tx:
        person = images.add_person(tx, message.image_id, NewPerson(box), user=user, key=message.key)
        return person_payload(person, project.get_project(tx))


def finish(store: Store, user: UserRecord, image_id: int, key: str) -> None:
    """Nobody (else) is in the image."""
    with store.transaction() as tx:
        images.finish_image(tx, image_id, user=user, key=key)


def heartbeat(store: Store, user: UserRecord, image_ids: Collection[int], *, lease_s: float) -> list[int]:
    """Hold on to images; which of them the annotator still holds."""
    with store.transaction() as tx:
        return [lease.image_id for lease in queue.renew(tx, user, image_ids, now=utc_now(), lease_s=lease_s)]


def release(store: Store, user: UserRecord, image_ids: Collection[int]) -> None:
    """Let images go, for others."""
    with store.transaction() as tx:
        queue.release(tx, user, image_ids)
