"""How the project's own labels usually lie, in the upright frame, and how unusual one of them is beside the others.

Poses are taken as normally distributed, alike with their mirror images. It is a crude picture of people; what it tells
well is where a keypoint lies, given all the others of the same label.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from sspcm.label_checks.robust import folds
from sspcm.skeletons.skeleton import Skeleton

FAR = 12.0
"""A keypoint of more squared Mahalanobis distance does not count when the usual poses are learned again."""
ENOUGH = 600
"""More people teach nothing more of what is usual."""
SHRUNK = 20.0
"""So many people's worth of poses without any order are mixed in."""
LEAST_SPREAD = 1e-4
"""Of the mean variance, in any direction: what was never seen to move may move a little."""
PART = 4000
"""People whose matrices are in memory at a time."""


@dataclass(frozen=True, eq=False)
class Unusual:
    """How unusual keypoints are beside the others of their label. own: the squared Mahalanobis distance of a keypoint
    given all others, NaN where absent. exchanged: by how much the whole label's falls when a keypoint changes places
    with its mirror partner, NaN where either is absent. inverted: the same when all left and right change places."""

    own: Float[np.ndarray, "P K"]
    exchanged: Float[np.ndarray, "P K"]
    inverted: Float[np.ndarray, "P"]


def how_unusual(
    upright: Float[np.ndarray, "P K 2"],
    images: Int[np.ndarray, "P"],
    skeleton: Skeleton,
    *,
    seen: Float[np.ndarray, "P K 2"] | None = None,
) -> Unusual:
    """Each person beside the people of other images. upright: NaN where absent.

    seen: what networks say of the same keypoints; then a label is unusual given that, too, as far as the project's
    labels follow it.
    """
    people, count = len(upright), len(skeleton)
    mirror = skeleton.mirror_array
    if seen is not None:
        upright, mirror = np.concatenate([upright, seen], axis=1), np.concatenate([mirror, mirror + count])
    own, exchanged = np.full((people, count), np.nan), np.full((people, count), np.nan)
    inverted = np.zeros(people)
    part = folds(images)
    for fold in np.unique(part):
        rows, others = np.flatnonzero(part == fold), part != fold
        if not others.any():
            others = np.ones(people, bool)
        usual = _learn(upright[others], mirror)
        for first in range(0, len(rows), PART):
            some = rows[first : first + PART]
            own[some], exchanged[some], inverted[some] = usual.compare(upright[some], mirror[:count])
    return Unusual(own, exchanged, inverted)


@dataclass(frozen=True, eq=False)
class _Usual:
    mean: Float[np.ndarray, "D"]
    covariance: Float[np.ndarray, "D D"]

    def precision(self, placed: Bool[np.ndarray, "P K"]) -> Float[np.ndarray, "P D D"]:
        """Of the keypoints that each has; absent ones count for nothing."""
        seen = np.repeat(placed, 2, axis=1)
        both = seen[:, :, None] & seen[:, None, :]
        matrices = np.where(both, self.covariance[None], 0.0)
        unknown = np.where(seen, 0.0, 1.0)
        matrices[:, np.arange(seen.shape[1]), np.arange(seen.shape[1])] += unknown
        return np.asarray(np.linalg.inv(matrices))

    def off(self, upright: Float[np.ndarray, "P K 2"]) -> Float[np.ndarray, "P D"]:
        """From the mean; 0 where absent."""
        return np.asarray(np.nan_to_num(upright.reshape(len(upright), -1) - self.mean))

    def own(self, upright: Float[np.ndarray, "P K 2"]) -> Float[np.ndarray, "P K"]:
        placed = np.isfinite(upright[..., 0])
        precision, off = self.precision(placed), self.off(upright)
        return np.where(placed, _own(precision, off), np.nan)

    def compare(
        self, upright: Float[np.ndarray, "P D 2"], mirror: Int[np.ndarray, "K"]
    ) -> tuple[Float[np.ndarray, "P K"], Float[np.ndarray, "P K"], Float[np.ndarray, "P"]]:
        placed, count = np.isfinite(upright[..., 0]), len(mirror)
        precision, off = self.precision(placed), self.off(upright)
        own = np.where(placed, _own(precision, off), np.nan)[:, :count]
        before = _squared(precision, off)
        exchanged = np.full((len(upright), count), np.nan)
        for k in np.flatnonzero(mirror > np.arange(count)):
            order = np.arange(upright.shape[1])
            order[[k, mirror[k]]] = mirror[k], k
            gain = before - _squared(precision, self.off(upright[:, order]))
            both = placed[:, k] & placed[:, mirror[k]]
            exchanged[:, k] = exchanged[:, mirror[k]] = np.where(both, gain, np.nan)
        turned = upright[:, np.concatenate([mirror, np.arange(count, upright.shape[1])])]
        other = self.precision(np.isfinite(turned[..., 0]))
        return own, exchanged, before - _squared(other, self.off(turned))


def _squared(precision: Float[np.ndarray, "P D D"], off: Float[np.ndarray, "P D"]) -> Float[np.ndarray, "P"]:
    """Mahalanobis distances."""
    return np.asarray(np.einsum("pi,pij,pj->p", off, precision, off, optimize=True))


def _own(precision: Float[np.ndarray, "P D D"], off: Float[np.ndarray, "P D"]) -> Float[np.ndarray, "P K"]:
    """The squared Mahalanobis distance of each keypoint, given the others."""
    people, count = len(off), off.shape[1] // 2
    pull = np.einsum("pij,pj->pi", precision, off).reshape(people, count, 2)
    blocks = precision.reshape(people, count, 2, count, 2)[:, np.arange(count), :, np.arange(count)]
    blocks = np.moveaxis(blocks, 0, 1)
    return np.asarray(np.einsum("pki,pkij,pkj->pk", pull, np.linalg.inv(blocks), pull))


def _learn(upright: Float[np.ndarray, "P K 2"], mirror: Int[np.ndarray, "K"]) -> _Usual:
    """The mean and the spread of these people and their mirror images, without keypoints that are far off."""
    some = upright[:: max(1, len(upright) // ENOUGH)]
    usual = _moments(some, mirror)
    return _moments(np.where(usual.own(some)[..., None] < FAR, some, np.nan), mirror)


def _moments(upright: Float[np.ndarray, "P D 2"], mirror: Int[np.ndarray, "D"]) -> _Usual:
    """Of the poses and their mirror images: keypoints that are seldom together are taken as nearly independent."""
    poses = np.concatenate([upright, upright[:, mirror] * np.array([-1.0, 1.0])])
    flat = poses.reshape(len(poses), -1)
    placed = np.isfinite(flat)
    count = np.maximum(placed.sum(0), 1)
    mean = np.nansum(flat, axis=0) / count
    off = np.where(placed, flat - mean, 0.0)
    spread = float(((off**2).sum(0) / count).mean())
    together = placed.T.astype(np.float64) @ placed
    known = together / (together + SHRUNK)
    own = np.eye(len(mean))
    covariance = (off.T @ off + spread * own) / np.maximum(together, 1) * (known + (1 - known) * own)
    values, vectors = np.linalg.eigh(covariance)
    return _Usual(mean, np.asarray((vectors * np.maximum(values, LEAST_SPREAD * spread)) @ vectors.T))
