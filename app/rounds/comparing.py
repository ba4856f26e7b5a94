"""Two rounds' students beside each other, on the same labelled validation people."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from sqlalchemy.orm import Session

from app.contract.comparing import Whom
from app.rounds.evidence import MOST_PERSONS
from db.pool.project import get_project
from db.records import PersonRecord, RoundRecord, StoredPrediction
from db.rounds import evidence, predictions
from sspcm.config import METHODS, RoundConfig
from sspcm.evaluation.choosing import FEWEST_IMAGES, FEWEST_PERSONS, Mean, mean_difference, mean_oks
from sspcm.evaluation.metrics import Evaluated, average_precision, oks
from sspcm.evaluation.ranking_figures import joint_errors
from sspcm.ranking.inconsistency import mutual_oks
from sspcm.skeletons.skeleton import Skeleton


@dataclass(frozen=True)
class KeypointBeside:
    """One keypoint of the same people. higher: the second's mean OKS less the first's; its persons place it."""

    name: str
    first: float
    second: float
    higher: Mean


@dataclass(frozen=True)
class Beside:
    """What two students say of the same people. higher: the second's mean OKS less the first's, in pairs.

    Every interval is two-sided, of 95 %, over images. keypoints: the largest difference first.
    """

    first: Mean
    second: Mean
    higher: Mean
    images: int
    ap: tuple[float, float]
    keypoints: list[KeypointBeside]

    @property
    def are_enough(self) -> bool:
        """Whether there are enough people and images for a word."""
        return self.higher.persons >= FEWEST_PERSONS and self.images >= FEWEST_IMAGES

    @property
    def wins(self) -> int | None:
        """0: the first is surely better; 1: the second; None: undecided."""
        if not self.are_enough or self.higher.low <= 0 <= self.higher.high:
            return None
        return 1 if self.higher.low > 0 else 0


_NOTHING = Mean(math.nan, math.nan, math.nan, 0)
UNMEASURED = Beside(_NOTHING, _NOTHING, _NOTHING, 0, (math.nan, math.nan), [])
"""Two rounds of which one has no predictions."""


@dataclass(frozen=True, eq=False)
class Same:
    """P labelled validation people whom both students predicted, and what each says of them."""

    people: list[PersonRecord]
    said: tuple[Mapping[int, StoredPrediction], Mapping[int, StoredPrediction]]


def same_people(tx: Session, first: int, second: int) -> Same:
    """Whom two rounds that were scored can be measured by."""
    everybody = evidence.labelled(tx, "validation", most=MOST_PERSONS)
    ids, learned = [one.id for one in everybody], evidence.learned_from(tx, max(first, second))
    said = predictions.of_student(tx, ids, first), predictions.of_student(tx, ids, second)
    people = [
        one
        for one in everybody
        if one.id not in learned
        and one.id in said[0]
        and one.id in said[1]
        and one.label is not None
        and one.label.labelled.any()
    ]
    return Same(people, said)


def beside(tx: Session, first: int, second: int) -> Beside:
    """Two rounds' students on the same people; every figure is NaN without any."""
    same, skeleton = same_people(tx, first, second), get_project(tx).skeleton
    image = np.array([one.image_id for one in same.people], dtype=np.int64)
    one, other = (_keypoint_oks(same.people, said, skeleton) for said in same.said)
    person, other_person = _mean_over_keypoints(one), _mean_over_keypoints(other)
    return Beside(
        first=mean_oks(person, image),
        second=mean_oks(other_person, image),
        higher=mean_difference(other_person, person, image),
        images=len(np.unique(image)),
        ap=(_ap(same.people, same.said[0], skeleton), _ap(same.people, same.said[1], skeleton)),
        keypoints=_by_keypoint(one, other, image, skeleton),
    )


@dataclass(frozen=True, eq=False)
class PersonBeside:
    """A person as two students place them. oks: of both beside the label; None without one. apart: 0 where the two
    agree, 1 where not at all."""

    person: PersonRecord
    said: tuple[StoredPrediction, StoredPrediction]
    oks: tuple[float, float] | None
    apart: float

    @property
    def higher(self) -> float:
        """By how much the second is better; 0 without a label."""
        return 0.0 if self.oks is None else self.oks[1] - self.oks[0]


def people_beside(tx: Session, first: int, second: int, whom: Whom) -> list[PersonBeside]:
    """Those first whom it was asked for; of the open ones the MOST_PERSONS whom the second round doubts most.

    Validation people without a label are left out: who has seen a prediction could not label them blind.
    """
    skeleton = get_project(tx).skeleton
    same = _open_people(tx, first, second) if whom == "open" else same_people(tx, first, second)
    if not same.people:
        return []
    xyc = np.stack([[said[one.id].prediction.xyc for one in same.people] for said in same.said])
    area = np.array([one.oks_area for one in same.people])
    apart = mutual_oks(xyc[..., :2], area=area, sigmas=skeleton.sigma_array).mean(axis=1)
    found = [
        PersonBeside(one, (same.said[0][one.id], same.said[1][one.id]), _oks_of(one, same, skeleton), float(value))
        for one, value in zip(same.people, apart, strict=True)
    ]
    if whom in ("validation", "open"):
        return sorted(found, key=lambda one: -one.apart)
    better = [one for one in found if (one.higher > 0 if whom == "second" else one.higher < 0)]
    return sorted(better, key=lambda one: -abs(one.higher))


def _open_people(tx: Session, first: int, second: int) -> Same:
    everybody = evidence.open_in_doubt(tx, second, most=MOST_PERSONS)
    ids = [one.id for one in everybody]
    said = predictions.of_student(tx, ids, first), predictions.of_student(tx, ids, second)
    return Same([one for one in everybody if one.id in said[0] and one.id in said[1]], said)


def _oks_of(person: PersonRecord, same: Same, skeleton: Skeleton) -> tuple[float, float] | None:
    if person.label is None:
        return None
    label, area, sigmas = person.label, person.oks_area, skeleton.sigma_array
    first, second = (oks(said[person.id].prediction.xy, label, area=area, sigmas=sigmas) for said in same.said)
    return first, second


def _keypoint_oks(
    people: Sequence[PersonRecord], said: Mapping[int, StoredPrediction], skeleton: Skeleton
) -> Float[np.ndarray, "P K"]:
    """The OKS of each placed keypoint, NaN elsewhere."""
    if not people:
        return np.zeros((0, len(skeleton)))
    errors = joint_errors(
        np.stack([said[one.id].prediction.xyc for one in people]),
        np.stack([one.label.xyv for one in people if one.label is not None]),
        area=np.array([one.oks_area for one in people]),
        sigmas=skeleton.sigma_array,
        images=np.array([one.image_id for one in people]),
    )
    return np.asarray(1 - errors.error)


def _mean_over_keypoints(found: Float[np.ndarray, "P K"]) -> Float[np.ndarray, "P"]:
    return np.asarray(np.nanmean(found, axis=1)) if len(found) else np.zeros(0)


def _ap(people: Sequence[PersonRecord], said: Mapping[int, StoredPrediction], skeleton: Skeleton) -> float:
    evaluated = [
        Evaluated(said[one.id].prediction, one.label, one.oks_area, one.image_id)
        for one in people
        if one.label is not None
    ]
    return average_precision(evaluated, skeleton)["AP"]


def _by_keypoint(
    one: Float[np.ndarray, "P K"], other: Float[np.ndarray, "P K"], image: Int[np.ndarray, "P"], skeleton: Skeleton
) -> list[KeypointBeside]:
    found = []
    for k, name in enumerate(skeleton.keypoints):
        placed = np.isfinite(one[:, k])
        if placed.any():
            first, second = one[placed, k], other[placed, k]
            higher = mean_difference(second, first, image[placed])
            found.append(KeypointBeside(name, float(first.mean()), float(second.mean()), higher))
    return sorted(found, key=lambda keypoint: -abs(keypoint.higher.mean))


def method_name(record: RoundRecord) -> str:
    """By what a round learned: a published method's name, else that it is one of its own."""
    method = RoundConfig.recalled(record.config_toml).method
    return next((name for name, known_one in METHODS.items() if known_one == method), "its own method")


def why_without(record: RoundRecord) -> str | None:
    """Why a round has no predictions to be measured by; None where it has."""
    name = f"Round {record.number}"
    if record.pruned_at is not None:
        return (
            f"{name} was pruned on {record.pruned_at:%Y-%m-%d}: its predictions are gone, and what it measured itself "
            "stays. SSPCM_KEEP_ROUNDS keeps more rounds whole."
        )
    if record.state in ("published", "kept"):
        return None
    if record.is_active:
        return f"{name} is {record.state}: it has predicted nobody before it ends."
    return f"{name} is {record.state}: it has no predictions. Go on with it, and it will have."


def known(value: float) -> float | None:
    """JSON knows no NaN: what could not be measured is null."""
    return round(value, 4) if math.isfinite(value) else None
