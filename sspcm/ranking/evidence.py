"""What is known of predictions before anybody checks them, and the numbers that a fit reads out of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from sspcm.skeletons.skeleton import Skeleton

_FLOOR = 0.02
"""Added before a logarithm: below it, two inconsistencies or confidences mean the same."""
_NUMBERS = 6
"""Of a keypoint's features, those that are no name."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """P persons' K keypoints: how far the answers lie apart, and how sure the network is, both in [0, 1].

    inconsistency is NaN where the network does not know the keypoint.
    """

    inconsistency: Float[np.ndarray, "P K"]
    confidence: Float[np.ndarray, "P K"]

    @property
    def known(self) -> Bool[np.ndarray, "P K"]:
        """Which keypoints anything is known of."""
        return np.asarray(np.isfinite(self.inconsistency))

    def of(self, rows: Bool[np.ndarray, "P"] | Sequence[int]) -> "Evidence":
        """That of some of the persons."""
        return Evidence(self.inconsistency[rows], self.confidence[rows])

    def __len__(self) -> int:
        return len(self.inconsistency)


def log_confidence(evidence: Evidence) -> Float[np.ndarray, "P K"]:
    """Its logarithm: from 1 % to 2 % says as much as from 40 % to 80 %."""
    return np.asarray(np.log(np.clip(evidence.confidence, 0.0, 1.0) + _FLOOR))


def features(evidence: Evidence, skeleton: Skeleton) -> Float[np.ndarray, "P K D"]:
    """What a fit goes by: inconsistency, confidence, its neighbours', the person's means, and which keypoint it is.

    Zeros for a keypoint that is not known.
    """
    known = evidence.known
    apart = np.where(known, np.log(np.nan_to_num(evidence.inconsistency) + _FLOOR), 0.0)
    sure = np.where(known, log_confidence(evidence), 0.0)
    numbers = [apart, np.where(known, evidence.confidence, 0.0), sure, neighbours(sure, known, skeleton)]
    numbers += [np.broadcast_to(_mean(one, known), known.shape) for one in (apart, sure)]
    which = np.broadcast_to(np.eye(len(skeleton)), (*known.shape, len(skeleton)))
    return np.where(known[..., None], np.concatenate([np.stack(numbers, axis=-1), which], axis=-1), 0.0)


def penalties(skeleton: Skeleton) -> Float[np.ndarray, "D"]:
    """How much a fit is held back in using each number: which keypoint it is says little in most pools.

    Of 5, 10 and 20, and of 5 to 120 for the keypoints, the best from 25 people on, of COCO and drawn ones
    (docs/log.md).
    """
    return np.array([20.0] * _NUMBERS + [60.0] * len(skeleton))


def neighbours(
    values: Float[np.ndarray, "P K"], known: Bool[np.ndarray, "P K"], skeleton: Skeleton
) -> Float[np.ndarray, "P K"]:
    """The mean over the keypoints that an edge joins to each; a keypoint's own value where there is none."""
    joined = np.zeros((len(skeleton), len(skeleton)))
    for a, b in skeleton.edges:
        joined[a, b] = joined[b, a] = 1.0
    count = known.astype(np.float64) @ joined
    total = np.where(known, values, 0.0) @ joined
    return np.where(count > 0, total / np.maximum(count, 1.0), values)


def _mean(values: Float[np.ndarray, "P K"], known: Bool[np.ndarray, "P K"]) -> Float[np.ndarray, "P 1"]:
    count = np.maximum(known.sum(1, keepdims=True), 1)
    return np.asarray(np.where(known, values, 0.0).sum(1, keepdims=True) / count)
