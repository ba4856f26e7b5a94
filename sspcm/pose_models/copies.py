"""The same person shown to a model several times, upright, mirrored, slightly turned and closer: where it sees the
keypoints, and how far its answers lie apart."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, UInt8

from sspcm.cutting import warp
from sspcm.fisheye import LensCircle
from sspcm.geometry import Matrix, apply, crop_matrix, enlarged, rotation, translation
from sspcm.pose import Box, Prediction
from sspcm.pose_models.layouts import BOX_SCALE as BOX_SCALE
from sspcm.pose_models.layouts import PoseModelError
from sspcm.pose_models.model import PoseModel
from sspcm.ranking.inconsistency import CLOSE, CLOSER, farthest_pairs, middle_answers, mutual_oks
from sspcm.skeletons.sides import mirror_by_name
from sspcm.skeletons.skeleton import Skeleton, find_keypoints

TURN = math.radians(12)
COPIES = ("plain", "mirrored", "turned left", "turned right", "close", "closer")
UNSURE_BELOW = 0.2
"""A keypoint of less confidence is doubted: 33 % of those in COCO's crops and 64 % in drawn scenes were wrong, though
the copies agreed (docs/log.md)."""
DOUBTED_ABOVE = 0.3
"""A keypoint of more inconsistency is doubted."""
ABSENT_BELOW, APART_ABOVE = 0.1, 0.5
"""Less confidence in every copy, and more inconsistency: annotators had placed 11 % of those in COCO (docs/log.md)."""


@dataclass(frozen=True, eq=False)
class Person:
    """One person to look at: their image, their box in it, and the lens that says which way is up."""

    image: UInt8[np.ndarray, "H W 3"]
    box: Box
    lens: LensCircle | None
    area: float
    """What OKS divides by, square pixels."""


@dataclass(frozen=True, eq=False)
class Judged:
    """Where the model puts a person's keypoints, how far its answers about each lie apart, and what is to say of it.

    inconsistency is NaN for a keypoint that the model does not know. reasons: in words, of those to be doubted.
    """

    prediction: Prediction
    inconsistency: Float[np.ndarray, "K"]
    reasons: Mapping[int, str]


def judge(model: PoseModel, persons: Sequence[Person], *, skeleton: Skeleton) -> list[Judged]:
    """A prediction of the skeleton's keypoints and its inconsistency for each person.

    A keypoint's place is the answer that the other copies' lie nearest to: always one that the model gave, and nearer
    the truth than the plain crop's or any mean (docs/log.md). One that no copy is sure of, and that they see in
    different places, is predicted absent: its confidence is 0. One that the model does not know is 0, 0 with
    confidence 0, as COCO writes an absent keypoint, and inconsistent by NaN. Raises PoseModelError.
    """
    if not persons:
        return []
    known = known_keypoints(model, skeleton)
    seen = see_copies(model, persons)
    found = find_keypoints(skeleton.keypoints, model.keypoints)
    places = np.array([found[k] for k in known])
    members = np.zeros((len(COPIES), len(persons), len(skeleton), 3))
    members[:, :, known] = seen[:, :, places]
    chosen = middle_answers(members)
    scores = np.full(chosen.shape[:2], np.nan)
    area = np.array([person.area for person in persons])
    sigmas = skeleton.sigma_array[known]
    scores[:, known] = mutual_oks(members[:, :, known, :2], area=area, sigmas=sigmas)
    chosen[is_absent(members[..., 2], scores), 2] = 0.0
    pairs, apart = farthest_pairs(members[..., :2])
    return [
        Judged(
            prediction=Prediction(chosen[p], model.name),
            inconsistency=scores[p],
            reasons=_reasons(scores[p], chosen[p, :, 2], pairs[p], apart[p], skeleton),
        )
        for p in range(len(persons))
    ]


def is_absent(
    confidence: Float[np.ndarray, "M P K"], inconsistency: Float[np.ndarray, "P K"]
) -> Bool[np.ndarray, "P K"]:
    """Which keypoints no copy is sure of, and none confirms: the face of a head seen from above, legs out of frame."""
    return np.asarray((confidence.max(0) < ABSENT_BELOW) & (inconsistency > APART_ABOVE))


def known_keypoints(model: PoseModel, skeleton: Skeleton) -> list[int]:
    """Which of the skeleton's keypoints the model has, by name. Raises PoseModelError where it has none."""
    known = [k for k, place in enumerate(find_keypoints(skeleton.keypoints, model.keypoints)) if place is not None]
    if not known:
        raise PoseModelError(
            f"{model.name} knows no keypoint of skeleton '{skeleton.name}' by its name (it has: "
            f"{', '.join(model.keypoints)}; wanted some of: {', '.join(skeleton.keypoints)}). "
            "Use a home whose skeleton names them so."
        )
    return known


def copy_matrices(upright: Matrix, *, height: int, width: int) -> tuple[Matrix, ...]:
    """Image pixels -> each copy's pixels, in the order of COPIES; `upright` are those of the plain crop."""
    mirror = np.array([[-1.0, 0.0, width - 1.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    x, y = (width - 1) / 2, (height - 1) / 2

    def turned(angle: float) -> Matrix:
        return np.asarray(translation(x, y) @ rotation(angle) @ translation(-x, -y))

    own = (np.asarray(extra @ upright) for extra in (np.eye(3), mirror, turned(-TURN), turned(TURN)))
    return (*own, *(enlarged(upright, factor, height=height, width=width) for factor in (CLOSE, CLOSER)))


def see_copies(model: PoseModel, persons: Sequence[Person]) -> Float[np.ndarray, "M P K 3"]:
    """What the model says about every copy of each person, by its own keypoints: x, y in image pixels, confidence.

    Left and right of the mirrored copies are put back.
    """
    height, width = model.layout.height, model.layout.width
    matrices = [copy_matrices(upright_crop(model, one), height=height, width=width) for one in persons]
    mirror = np.array(mirror_by_name(model.keypoints))
    seen = []
    for m, copy in enumerate(COPIES):
        poses = see(model, persons, [own[m] for own in matrices])
        seen.append(poses[:, mirror] if copy == "mirrored" else poses)
    return np.stack(seen)


def upright_crop(model: PoseModel, person: Person) -> Matrix:
    """Image pixels -> pixels of the crop that the model gets, the person's head up."""
    height, width = model.layout.height, model.layout.width
    scale = BOX_SCALE[model.layout.kind]
    return crop_matrix(person.box, lens=person.lens, height=height, width=width, scale=scale)


def see(model: PoseModel, persons: Sequence[Person], matrices: Sequence[Matrix]) -> Float[np.ndarray, "P K 3"]:
    """What the model says about one crop of each person: x, y in image pixels, by the crop's exact inverse."""
    height, width = model.layout.height, model.layout.width
    crops = [
        warp(person.image, matrix, height=height, width=width) for person, matrix in zip(persons, matrices, strict=True)
    ]
    poses = model.run(np.stack(crops))
    places = [apply(np.linalg.inv(matrix), pose[:, :2]) for matrix, pose in zip(matrices, poses, strict=True)]
    return np.concatenate([np.stack(places), poses[..., 2:]], axis=-1)


def _reasons(
    scores: Float[np.ndarray, "K"],
    confidence: Float[np.ndarray, "K"],
    pairs: np.ndarray,
    apart: Float[np.ndarray, "K"],
    skeleton: Skeleton,
) -> dict[int, str]:
    """What to say of the keypoints that the copies disagree about, and of those that the model is unsure of."""
    said = {}
    for k in map(int, np.flatnonzero(np.isfinite(scores))):
        name = skeleton.spoken(k)
        if scores[k] > DOUBTED_ABOVE:
            first, second = (COPIES[m] for m in pairs[k])
            said[k] = _disagreement(first, second, name, float(apart[k]))
        elif confidence[k] < UNSURE_BELOW:
            said[k] = f"{name}: the model is unsure ({100 * confidence[k]:.0f} %)"
    return said


def _disagreement(first: str, second: str, name: str, pixels: float) -> str:
    """ "left ankle: 31 px away in a mirrored copy"."""
    one, two = first.split()[0], second.split()[0]
    if one == "plain":
        return f"{name}: {pixels:.0f} px away in a {two} copy"
    who = "turned copies" if one == two else f"a {one} and a {two} copy"
    return f"{name}: {pixels:.0f} px apart in {who}"
