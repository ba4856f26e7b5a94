"""What a label would change: how probably each keypoint is wrong, and how probably an annotator places it at all."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from sspcm.ranking.evidence import Evidence, log_confidence, neighbours
from sspcm.ranking.logistic import sigmoid
from sspcm.ranking.separation import average_ranks
from sspcm.skeletons.skeleton import Skeleton

PERSONS_SHARE = 0.75
"""Of 0 to 2 the best for COCO and drawn people alike, and flat around it (docs/log.md)."""
DETAIL_BELOW = 0.05
"""A keypoint of a smaller sigma is a detail, as those of the face are: at the same confidence it is placed less often.
In COCO at .3 to .4: 43 % of face points, 78 % of the others."""
_UNPLACED = 2.0
"""Keypoints: 0, 2 and 4 order persons alike (docs/log.md), and a black frame's person does not lead."""


@dataclass(frozen=True, eq=False)
class Expected:
    """Of P persons' K keypoints: the probability that the prediction is wrong, and that annotators place it.

    weight: how much a keypoint says of its person: that it is placed, by a fit only where wrong is one, too; beside a
    rank sum it orders persons worse (docs/log.md). NaN where the network does not know the keypoint.
    """

    wrong: Float[np.ndarray, "P K"]
    placed: Float[np.ndarray, "P K"]
    weight: Float[np.ndarray, "P K"]

    @property
    def gain(self) -> Float[np.ndarray, "P K"]:
        """How probably a label moves the keypoint: it is wrong, and somebody can see where it belongs."""
        return np.asarray(self.wrong * self.placed)


def rank_sum(evidence: Evidence) -> Float[np.ndarray, "P K"]:
    """Inconsistency and 1 - confidence as one order: a keypoint's ranks in both, and three quarters of its person's.

    A keypoint of a person whose others are in doubt is wrong more often than it says itself. In (0, 1.75).
    """
    known = evidence.known
    ranks = np.full(known.shape, np.nan)
    if known.any():
        apart, unsure = average_ranks(evidence.inconsistency[known]), average_ranks(-evidence.confidence[known])
        ranks[known] = (apart + unsure - 1.0) / (2 * known.sum())
    of_person = np.where(known, ranks, 0.0).sum(1, keepdims=True) / np.maximum(known.sum(1, keepdims=True), 1)
    return np.asarray(ranks + PERSONS_SHARE * of_person)


def expected_before_labels(evidence: Evidence, skeleton: Skeleton) -> Expected:
    """What may be said while nobody has corrected enough: a rank sum for wrong, the confidence around for placed.

    The rank sum orders; the probabilities are the pool's own inconsistencies, the OKS expected to be lost, dealt out in
    that order. So as large a share is expected to be wrong as the answers disagree. The weights for placed were fitted
    on COCO (docs/log.md).
    """
    known, sure = evidence.known, log_confidence(evidence)
    wrong = np.full(known.shape, np.nan)
    if known.any():
        places = average_ranks(rank_sum(evidence)[known])
        dealt = np.sort(evidence.inconsistency[known])
        wrong[known] = np.interp(places, np.arange(1, len(dealt) + 1), dealt)
    is_detail = skeleton.sigma_array < DETAIL_BELOW
    placed = sigmoid(1.6 * sure + 0.9 * neighbours(sure, known, skeleton) - 1.8 * is_detail + 4.3)
    placed = np.where(known, placed, np.nan)
    return Expected(wrong=wrong, placed=placed, weight=placed)


def person_scores(expected: Expected, *, top_keypoints: int) -> Float[np.ndarray, "P"]:
    """Each person's expected share of wrong keypoints among those that annotators place, over the worst.

    The mean of the probabilities of being wrong by the weights, as OKS is a mean over placed keypoints. A person nobody
    can see counts for little: `_UNPLACED` keypoints that are right come in. 0 where the network knows none.
    """
    weight = np.nan_to_num(expected.weight)
    lost = np.nan_to_num(expected.wrong) * weight
    worst = np.argsort(-lost, axis=1, kind="stable")[:, :top_keypoints]
    total = np.take_along_axis(weight, worst, axis=1).sum(1) + _UNPLACED
    return np.asarray(np.take_along_axis(lost, worst, axis=1).sum(1) / total)


def worth_a_look(gain: Float[np.ndarray, "K"], *, flag_above: float) -> Sequence[int]:
    """The keypoints whose gain exceeds `flag_above`, the highest first; ties keep the skeleton's order."""
    order = np.argsort(-np.nan_to_num(gain), kind="stable")
    return [int(k) for k in order if gain[k] > flag_above]
