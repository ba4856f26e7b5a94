"""How far estimates of the same keypoint lie apart: one distance for training and ranking."""

from itertools import combinations
from typing import Any

import numpy as np
from jaxtyping import Float, Int

CLOSE, CLOSER = 1.2, 1.45
"""Networks are also asked about crops that show the person so many times larger: other people and what stands around
are cut off, and answers that they held up move (docs/log.md)."""


def distance(a: Float[Any, "*batch 2"], b: Float[Any, "*batch 2"]) -> Float[Any, "*batch"]:
    """How far two estimates of the same keypoint lie apart, in their own units. NaN where either is missing.

    Arrays or tensors: training compares heatmaps on their device with this same function.
    """
    return ((a - b) ** 2).sum(-1) ** 0.5


def mutual_oks(
    members: Float[np.ndarray, "M P K 2"], *, area: Float[np.ndarray, "P"], sigmas: Float[np.ndarray, "K"]
) -> Float[np.ndarray, "P K"]:
    """U3 of method.md section 12: the OKS expected to be lost if one member were the truth; 0 = all agree, 1 = none.

    members: M >= 2 estimates of P persons' K keypoints, image pixels. area: square pixels, one a person.
    """
    variance = (2 * sigmas[None, :]) ** 2 * area[:, None]  # P K; COCO's kappa is 2 sigma
    agreements = [
        np.exp(-(distance(members[m], members[n]) ** 2) / (2 * variance))
        for m, n in combinations(range(len(members)), 2)
    ]
    return np.asarray(1.0 - np.mean(agreements, axis=0))


def farthest_pairs(
    members: Float[np.ndarray, "M P K 2"],
) -> tuple[Int[np.ndarray, "P K 2"], Float[np.ndarray, "P K"]]:
    """Which two members disagree most about each keypoint, and by how many of their pixels.

    Ties keep the earlier pair: of sspcm.members.COMPARED the current teachers come first.
    """
    pairs = np.array(list(combinations(range(len(members)), 2)))
    apart = np.asarray(distance(members[pairs[:, 0]], members[pairs[:, 1]]))  # pairs P K
    worst = apart.argmax(axis=0)  # P K, the first of equals
    return pairs[worst], np.take_along_axis(apart, worst[None], axis=0)[0]


def middle_answers(members: Float[np.ndarray, "M P K 3"]) -> Float[np.ndarray, "P K 3"]:
    """Of each keypoint's answers the one that the others lie nearest to; of equals the first."""
    xy = members[..., :2]
    apart = np.stack([np.asarray(distance(xy, np.broadcast_to(one, xy.shape))).sum(axis=0) for one in xy])
    middle = apart.argmin(axis=0)
    return np.asarray(np.take_along_axis(members, middle[None, ..., None], axis=0)[0])
