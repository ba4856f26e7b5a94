"""The accepted labels, and beside each what networks say that had no part in it.

A network has a part in a label that it learned from, and in keypoints that a label took over from it untouched.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from sqlalchemy.orm import Session

from app.cameras.lenses import lens_of
from app.rounds.errors import LearningError
from app.rounds.own_settings import own_settings
from db.pool import images
from db.pool.persons import list_persons
from db.pool.project import get_project
from db.records import ImageRecord, PersonRecord, RoundRecord, StoredPrediction
from db.rounds import evidence, predictions, rounds
from sspcm.fisheye import upright_angle
from sspcm.label_checks.people import LabelledPeople
from sspcm.left_out import held_out
from sspcm.members import LEARNERS, STUDENT
from sspcm.pose import Label

IMPORTED = "imported model"
"""How the newest imported model's answers are named beside a round's."""
EVERY_ROUND = 100_000


@dataclass(frozen=True, eq=False)
class Accepted:
    """The accepted people with the revision of each one's label. people.images and ids are the store's."""

    people: LabelledPeople
    revisions: tuple[int, ...]

    @property
    def predicted(self) -> int:
        """Beside how many people a network speaks."""
        if not self.people.networks:
            return 0
        known = np.stack([np.isfinite(poses[..., 2]).any(1) for poses in self.people.networks.values()])
        return int(known.any(0).sum())


def gather_accepted(tx: Session) -> Accepted:
    """Everybody whose label counts. Validation people stand beside no network: they are labelled blind."""
    skeleton = get_project(tx).skeleton
    by_id = {image.id: image for image in images.list_images(tx)}
    labelled = [
        (one, one.label)
        for one in list_persons(tx)
        if one.state == "accepted" and one.label is not None and one.is_listed and one.label.labelled.any()
    ]
    boxes = [one.box.enclosing for one, _ in labelled]
    frames = [by_id[one.image_id] for one, _ in labelled]
    people = LabelledPeople(
        skeleton=skeleton,
        ids=np.array([one.id for one, _ in labelled], dtype=np.int64),
        images=np.array([one.image_id for one, _ in labelled], dtype=np.int64),
        xyv=np.array([label.xyv for _, label in labelled], dtype=np.float64).reshape(-1, len(skeleton), 3),
        boxes=np.array([(box.x, box.y, box.width, box.height) for box in boxes], dtype=np.float64).reshape(-1, 4),
        up=np.array([_up(one, image) for (one, _), image in zip(labelled, frames, strict=True)], dtype=np.float64),
        area=np.array([one.oks_area for one, _ in labelled], dtype=np.float64),
        frames=np.array([(image.width, image.height) for image in frames], dtype=np.float64).reshape(-1, 2),
        networks=_networks(tx, labelled, pool={i for i, image in by_id.items() if image.split == "train"}),
    )
    return Accepted(people, tuple(label.revision for _, label in labelled))


def _up(person: PersonRecord, image: ImageRecord) -> float:
    lens = lens_of(image)
    return 0.0 if lens is None else upright_angle(person.box.centre, lens)


def _networks(
    tx: Session, labelled: Sequence[tuple[PersonRecord, Label]], *, pool: Collection[int]
) -> dict[str, Float[np.ndarray, "P K 3"]]:
    """The newest imported model's answers and those of the published round's networks, each where it may tell."""
    ids = [one.id for one, _ in labelled if one.image_id in pool]
    number = get_project(tx).published_round
    stored: dict[str, dict[int, StoredPrediction]] = {IMPORTED: predictions.imported(tx, ids)}
    if number is not None:
        learned = learned_by(tx, number)
        for person_id, told in predictions.for_persons(tx, ids, round_number=number).items():
            for one in told:
                name = one.prediction.network
                if name in learned and person_id not in learned[name]:
                    stored.setdefault(name, {})[person_id] = one
    started = evidence.rounds_of(tx, {label.started_from for _, label in labelled if label.started_from is not None})
    return {
        name: np.stack([_answer(label, of_network.get(one.id), started) for one, label in labelled])
        for name, of_network in stored.items()
        if of_network
    }


def _answer(label: Label, told: StoredPrediction | None, started: Mapping[int, int | None]) -> Float[np.ndarray, "K 3"]:
    """What a network says of a person, NaN where it has a part in the label: the label began from what this network, or
    another of its round, said, and nobody touched the keypoint."""
    if told is None:
        return np.full(label.xyv.shape, np.nan)
    own_source = label.started_from is not None and (
        label.started_from == told.id
        or (told.round_number is not None and started.get(label.started_from) == told.round_number)
    )
    untouched = ~label.touched if own_source and label.touched is not None else np.zeros(len(label.xyv), bool)
    unknown = (told.prediction.xyc == 0.0).all(1)  # a keypoint that an imported model does not have
    return np.where((untouched | unknown)[:, None], np.nan, told.prediction.xyc)


def learned_by(tx: Session, number: int) -> dict[str, set[int]]:
    """Of each network of a round, whose labels it may have learned from, in that round or in those before it.

    The student comes of both teachers, or learned from all. A round whose settings this version cannot read left
    nobody out, as far as anybody knows.
    """
    learned: dict[str, set[int]] = {name: set() for name in LEARNERS}
    for record in rounds.latest(tx, EVERY_ROUND):
        if record.number > number:
            continue
        everybody = sorted(one.person_id for one in rounds.frozen(tx, record.id) if one.role == "labelled")
        for place, name in enumerate(LEARNERS):
            learned[name].update(set(everybody) - _left_out(record, everybody, place if name != STUDENT else None))
    return learned


def _left_out(record: RoundRecord, everybody: Sequence[int], network: int | None) -> set[int]:
    if network is None:
        return set()
    try:
        train = own_settings(record).train
    except LearningError:
        return set()
    number = network if train.draws == "own" else 0
    return {everybody[place] for place in held_out(everybody, train.held_out, network=number)}
