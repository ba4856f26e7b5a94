"""The next image, or one that was asked for, as the editor needs it."""

import math
from collections.abc import Collection, Container, Sequence
from dataclasses import asdict

from sqlalchemy.orm import Session

from app.cameras.lenses import lens_of
from app.contract.base import BoxPayload, SkeletonPayload
from app.contract.labelling import (
    FlagPayload,
    ImagePayload,
    LensPayload,
    PersonPayload,
    RecentImagePayload,
    RecentPayload,
    ReviewNotePayload,
    SentBackPayload,
    TaskPayload,
)
from app.labelling import probes
from app.labelling.starts import best_start, empty_start, every_start
from db.clock import utc_now
from db.errors import InvalidDecision, LeaseLost
from db.labelling import labels, leases, queue, readings, returned, reviews, work
from db.labelling import probes as noted
from db.labelling.leases import MOST_HELD
from db.labelling.probes import Served
from db.labelling.recent import recent_images
from db.labelling.reviews import ReviewRecord
from db.pool import counts, images, project
from db.pool.persons import list_persons
from db.records import (
    ImageRecord,
    PersonRecord,
    PersonScore,
    ProjectRecord,
    StoredPrediction,
    UserRecord,
)
from db.rounds import predictions
from db.store.session import Store
from sspcm.members import MEMBERS, STUDENT
from sspcm.pose import Label
from sspcm.skeletons.skeleton import Skeleton

NEVER_CHANGED = "A validation image that came labelled: its labels are what rounds are measured by, and never change."
FREE = "Nobody works on it now."
GHOSTS = MEMBERS
MOST_SENT_BACK = 50
"""So many of those who came back are told."""


def next_task(
    store: Store, user: UserRecord, *, exclude: Collection[int], lease_s: float, most_held: int = MOST_HELD
) -> TaskPayload | None:
    """The next image for this annotator, held for them; None when nothing is left. Raises HeldEnough."""
    with store.transaction(durable=False) as tx:
        claimed = queue.claim(tx, user, now=utc_now(), lease_s=lease_s, exclude=exclude, most_held=most_held)
    if claimed is None:
        return None
    return _held_task(store, user, claimed[0].image, lease_s)


def open_image(
    store: Store, user: UserRecord, image_id: int, *, lease_s: float, most_held: int = MOST_HELD
) -> TaskPayload:
    """That image, open or closed, held for this annotator; only to look at where somebody else holds it.

    A validation image that came labelled is for leads to look at. Raises NotFound, and InvalidDecision for an
    annotator's of these.
    """
    try:
        with store.transaction(durable=False) as tx:
            image = queue.claim_image(tx, user, image_id, now=utc_now(), lease_s=lease_s, most_held=most_held)
    except (LeaseLost, InvalidDecision):  # another's, or a validation image that came labelled
        return look_at(store, user, image_id, lease_s=lease_s)
    return _held_task(store, user, image, lease_s)


def look_at(store: Store, user: UserRecord, image_id: int, *, lease_s: float) -> TaskPayload:
    """That image to be seen and not changed; nobody's hold on it changes. held_by: None where nobody else holds it now.

    Raises NotFound, and InvalidDecision where an annotator asks for a validation image that came labelled.
    """
    with store.reading() as tx:
        image = images.get_image(tx, image_id)
        is_kept = images.came_labelled(tx, image_id)
        if is_kept and user.role != "lead":
            raise InvalidDecision(
                f"image '{image.file_name}' belongs to validation and came with its labels, which measure the rounds; "
                "wanted one that annotators work on. Open another image."
            )
        holder = leases.lease_holders(tx, now=utc_now()).get(image_id)
        task, served = _task(tx, user, image, lease_s, with_predictions=image.split == "train" or is_kept)
    _note(store, user, served)
    if is_kept:
        return task.model_copy(update={"read_only": NEVER_CHANGED})
    held_by = None if holder == user.name else holder
    return task.model_copy(update={"held_by": held_by, "read_only": None if held_by else FREE})


def recent(store: Store, user: UserRecord, *, limit: int) -> RecentPayload:
    """The images in which the annotator last decided something, newest first."""
    with store.reading() as tx:
        found = recent_images(tx, user, limit=limit)
    return RecentPayload(images=[RecentImagePayload(**asdict(one)) for one in found])


def _held_task(store: Store, user: UserRecord, image: ImageRecord, lease_s: float) -> TaskPayload:
    """An image to work on. Validation persons are labelled and corrected blind: their labels measure networks."""
    with store.reading() as tx:  # the image is held: putting the task together keeps nobody from saving
        task, served = _task(tx, user, image, lease_s, with_predictions=image.split == "train")
    _note(store, user, served)
    return task


def _note(store: Store, user: UserRecord, served: list[Served]) -> None:
    """What is put wrong is on disk before anybody sees it: a label that keeps it is known by that."""
    if served:
        with store.transaction() as tx:
            noted.note(tx, served, user.id, now=utc_now())


def _task(
    tx: Session, user: UserRecord, image: ImageRecord, lease_s: float, *, with_predictions: bool
) -> tuple[TaskPayload, list[Served]]:
    """The task, and the probes in it that the store does not know of yet."""
    described = project.get_project(tx)
    persons, is_second = _persons(tx, user, image.id)
    ids = [person.id for person in persons if with_predictions]
    number = described.published_round
    scores = predictions.shown_scores(tx, ids, described)
    imported = predictions.imported(tx, ids)
    of_round: dict[int, list[StoredPrediction]] = {}
    if number is not None:
        of_round = predictions.for_persons(tx, ids, round_number=number)
    latest = {p.id: p.label for p in persons if p.label} if is_second else labels.latest(tx, image.id)
    said = {} if is_second else reviews.newest_in_image(tx, image.id)
    payloads = [
        _person(
            person,
            described,
            latest=latest.get(person.id),
            score=scores.get(person.id),
            of_round=of_round.get(person.id, ()),
            imported=imported.get(person.id),
            said=said.get(person.id),
        )
        for person in persons
    ]
    if not with_predictions:
        payloads = [_from_own_label(payload) for payload in payloads]
    payloads, served = _probed(tx, image, persons, payloads, described.skeleton, labelled=latest)
    # the worst first, unscored last; stable otherwise
    payloads.sort(key=lambda p: -1.0 if p.score is None else p.score, reverse=True)
    task = TaskPayload(
        image=image_payload(image),
        skeleton=SkeletonPayload.of(described.skeleton),
        lease_s=lease_s,
        lens=lens_payload(image),
        round=number,
        persons=payloads,
        remaining=counts.open_images(tx, work.work_of(tx, user)),
        sent_back=[
            SentBackPayload(image_id=image_id, person_id=person_id)
            for image_id, person_id in returned.returned_of(tx, user, limit=MOST_SENT_BACK)
        ],
    )
    return task, noted.not_noted(tx, served, user.id) if served else []


def _persons(tx: Session, user: UserRecord, image_id: int) -> tuple[list[PersonRecord], bool]:
    """Everybody listed, and whether this annotator labels them without knowing that somebody has: as they left them."""
    persons = list_persons(tx, image_id=image_id)
    again = readings.as_second(tx, image_id, user, persons)
    return [person for person in again or persons if person.is_listed], again is not None


def _probed(
    tx: Session,
    image: ImageRecord,
    persons: Sequence[PersonRecord],
    offered: Sequence[PersonPayload],
    skeleton: Skeleton,
    *,
    labelled: Container[int],
) -> tuple[list[PersonPayload], list[Served]]:
    """Everybody as they are shown, and the probes among them. labelled: who ever had a label, and gets none."""
    candidates = image.split == "train" and any(person.state == "open" for person in persons)
    probing = noted.probing(tx) if candidates else None
    shown = [
        None if person.id in labelled else probes.show(person, payload, image, probing, skeleton)
        for person, payload in zip(persons, offered, strict=True)
    ]
    payloads = [one.person if one else payload for one, payload in zip(shown, offered, strict=True)]
    return payloads, [one.served for one in shown if one]


def _from_own_label(person: PersonPayload) -> PersonPayload:
    """A person without predictions who was reopened begins from the label that they had."""
    return person.model_copy(update={"start": person.starts[0]}) if person.starts else person


def image_payload(image: ImageRecord) -> ImagePayload:
    """An image and where its bytes are."""
    return ImagePayload(
        id=image.id,
        url=f"/img/{image.id}/{image.sha256}",
        width=image.width,
        height=image.height,
        file_name=image.file_name,
        camera=image.camera.name,
    )


def lens_payload(image: ImageRecord) -> LensPayload | None:
    """Its lens circle; None of a plain camera."""
    lens = lens_of(image)
    return LensPayload(x=lens.x, y=lens.y, radius=lens.radius) if lens else None


def person_payload(person: PersonRecord, described: ProjectRecord) -> PersonPayload:
    """A person nobody predicted yet."""
    return _person(person, described, latest=person.label)


def _person(
    person: PersonRecord,
    described: ProjectRecord,
    *,
    latest: Label | None,
    score: PersonScore | None = None,
    of_round: Sequence[StoredPrediction] = (),
    imported: StoredPrediction | None = None,
    said: ReviewRecord | None = None,
) -> PersonPayload:
    """latest: the newest label they ever had. of_round: what the published round's networks say. said: a review."""
    by_network = {stored.prediction.network: stored for stored in of_round}
    student = by_network.get(STUDENT)
    choice = described.starts
    begun = latest if said is not None and said.is_waiting else person.label
    return PersonPayload(
        id=person.id,
        revision=person.revision,
        state=person.state,
        box=BoxPayload.of(person.box),
        score=score.score if score else None,
        flags=[
            FlagPayload(keypoint=flag.keypoint, score=flag.score, reason=flag.reason)
            for flag in (score.flags if score else ())
        ],
        keypoint_scores=[None if math.isnan(value) else value for value in score.keypoints] if score else None,
        skip_reason=person.skip_reason,
        start=best_start(begun, student, imported, choice=choice) or empty_start(len(described.skeleton)),
        starts=every_start(latest, student, imported, choice=choice),
        ghosts={name: by_network[name].prediction.xyc.tolist() for name in GHOSTS if name in by_network},
        review=_review_note(person, said),
    )


def _review_note(person: PersonRecord, said: ReviewRecord | None) -> ReviewNotePayload | None:
    """What a reviewer said, as long as it is to be answered or is about the label that counts."""
    is_corrected = said is not None and said.corrected is not None and person.state == "accepted"
    if said is None or not (said.is_waiting or is_corrected):
        return None
    return ReviewNotePayload(reviewer=said.reviewer, comment=said.comment, is_corrected=is_corrected, at=said.at)


def heartbeat(
    store: Store, user: UserRecord, image_ids: Collection[int], *, lease_s: float, most_held: int = MOST_HELD
) -> list[int]:
    """Hold on to images, the first ones where they are too many; which of them the annotator still holds."""
    with store.transaction(durable=False) as tx:
        renewed = leases.renew(tx, user, image_ids, now=utc_now(), lease_s=lease_s, most_held=most_held)
    return [lease.image_id for lease in renewed]


def release(store: Store, user: UserRecord, image_ids: Collection[int]) -> list[int]:
    """Let images go, for others; which of them this annotator held until now."""
    with store.transaction(durable=False) as tx:
        return leases.release(tx, user, image_ids)
