"""How two people who label the same persons differ: how far, in which way, and what sigmas that makes of keypoints.

P persons of K keypoints, each labelled twice: x, y in image px and visibility.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from jaxtyping import Bool, Float, Int

from sspcm.pose import ABSENT

Kind = Literal["alike", "jitter", "swap", "other person", "elsewhere", "miss", "both absent"]
"""As Ronchi and Perona (2017) sort errors, of two people instead of a network and a truth."""
KINDS: tuple[Kind, ...] = get_args(Kind)
ALIKE, FAR = 0.85, 0.5
"""A keypoint's OKS between the two: from here on they are alike, and below here it lies elsewhere."""
FEWEST_PAIRS = 30
"""So many persons in whom both place a keypoint make a sigma: its 95 % interval is then about 20 % to either side."""
DRAWS = 1000


def keypoint_oks(
    first: Float[np.ndarray, "P K 3"],
    second: Float[np.ndarray, "P K 3"],
    *,
    area: Float[np.ndarray, "P"],
    sigmas: Float[np.ndarray, "K"],
) -> Float[np.ndarray, "P K"]:
    """Each keypoint's own OKS; NaN where one of the two has none."""
    found = _oks(((first[..., :2] - second[..., :2]) ** 2).sum(-1), area[:, None], sigmas)
    return np.where(_both(first, second), found, np.nan)


def kinds_of(
    first: Float[np.ndarray, "P K 3"],
    second: Float[np.ndarray, "P K 3"],
    *,
    area: Float[np.ndarray, "P"],
    sigmas: Float[np.ndarray, "K"],
    mirror: Int[np.ndarray, "K"],
    others: Sequence[Float[np.ndarray, "Q K 3"]],
) -> Int[np.ndarray, "P K"]:
    """In which way each keypoint differs, as a number of KINDS.

    others: of each person, the first labels of the other people in the image, any number. A keypoint is where it is
    nearest to, by OKS under the person's own area: its own place, its mirror image's, or another person's; if it is
    near to none (below one half), it lies elsewhere. A miss: one of the two says that it is absent.
    """
    own = keypoint_oks(first, second, area=area, sigmas=sigmas)
    both = _both(first, second)
    swapped = np.nan_to_num(keypoint_oks(first[:, mirror], second, area=area, sigmas=sigmas))
    swapped[:, mirror == np.arange(len(mirror))] = 0.0
    strange = np.array([_nearest_other(s, o, float(a), sigmas) for s, o, a in zip(second, others, area, strict=True)])
    strange = strange.reshape(own.shape)
    best = np.maximum(swapped, strange)
    found = np.full(own.shape, KINDS.index("elsewhere"))
    found[(best >= FAR) & (swapped >= strange)] = KINDS.index("swap")
    found[(best >= FAR) & (swapped < strange)] = KINDS.index("other person")
    is_own = (own >= FAR) & (own >= best)
    found[is_own] = KINDS.index("jitter")
    found[own >= ALIKE] = KINDS.index("alike")
    found[~both] = KINDS.index("miss")
    found[(first[..., 2] == ABSENT) & (second[..., 2] == ABSENT)] = KINDS.index("both absent")
    return found


@dataclass(frozen=True, eq=False)
class FittedSigmas:
    """A sigma of each keypoint with its 95 % interval, NaN where nothing is known; of how many persons it is."""

    sigma: Float[np.ndarray, "K"]
    low: Float[np.ndarray, "K"]
    high: Float[np.ndarray, "K"]
    pairs: Int[np.ndarray, "K"]

    @property
    def are_enough(self) -> Bool[np.ndarray, "K"]:
        """Of which keypoints there are enough persons, who differ at all."""
        return np.asarray((self.pairs >= FEWEST_PAIRS) & (self.sigma > 0))


def fit_sigmas(
    first: Float[np.ndarray, "P K 3"],
    second: Float[np.ndarray, "P K 3"],
    *,
    area: Float[np.ndarray, "P"],
    usable: Bool[np.ndarray, "P K"],
    draws: int = DRAWS,
    seed: int = 0,
) -> FittedSigmas:
    """COCO's sigma: the root of the mean squared distance from the truth, as a part of the square root of the area.

    Both people err, alike and each on their own, so the truth is half of their squared distance away from each.
    usable: which keypoints count; those that were swapped or taken for another person's are another kind of error. The
    interval is that of persons drawn anew with replacement, by percentiles.
    """
    squared = np.where(usable & _both(first, second), ((first - second)[..., :2] ** 2).sum(-1), np.nan)
    parts = squared / (2 * area[:, None])  # P K
    known = np.isfinite(parts)
    sums = np.nan_to_num(parts)
    drawn = (
        np.random.default_rng(seed).multinomial(len(area), np.full(len(area), 1 / max(len(area), 1)), draws)
        if len(area)
        else np.zeros((draws, 0), dtype=np.int64)
    )  # draws P: how often each person
    means = _ratio(drawn @ sums, drawn @ known)
    low, high = np.full(parts.shape[1], np.nan), np.full(parts.shape[1], np.nan)
    for k in np.flatnonzero(known.any(0)).tolist():
        low[k], high[k] = np.sqrt(np.nanquantile(means[:, k], (0.025, 0.975)))
    return FittedSigmas(np.sqrt(_ratio(sums.sum(0), known.sum(0))), low, high, known.sum(0))


def _ratio(sums: Float[np.ndarray, "*batch"], counts: Float[np.ndarray, "*batch"]) -> Float[np.ndarray, "*batch"]:
    return np.asarray(np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0))


def _both(first: Float[np.ndarray, "P K 3"], second: Float[np.ndarray, "P K 3"]) -> Bool[np.ndarray, "P K"]:
    return np.asarray((first[..., 2] > ABSENT) & (second[..., 2] > ABSENT))


def _nearest_other(
    one: Float[np.ndarray, "K 3"], others: Float[np.ndarray, "Q K 3"], area: float, sigmas: Float[np.ndarray, "K"]
) -> Float[np.ndarray, "K"]:
    """How near each keypoint lies to the same keypoint of another person; 0 where nobody else has it."""
    if not len(others):
        return np.zeros(len(one))
    found = _oks(((others[..., :2] - one[:, :2]) ** 2).sum(-1), np.full((len(others), 1), area), sigmas)
    return np.asarray(np.where(others[..., 2] > ABSENT, found, 0.0).max(0))


def _oks(
    squared: Float[np.ndarray, "N K"], area: Float[np.ndarray, "N 1"], sigmas: Float[np.ndarray, "K"]
) -> Float[np.ndarray, "N K"]:
    return np.asarray(np.exp(-squared / (2 * (2 * sigmas) ** 2 * area)))
