"""How well a score tells what is wrong from what is right: ranks, AUROC, Spearman's correlation."""

import numpy as np
from jaxtyping import Bool, Float


def average_ranks(values: Float[np.ndarray, "N"]) -> Float[np.ndarray, "N"]:
    """Each value's rank, 1 the smallest; equal values share the mean of theirs."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2)[places])


def auroc(score: Float[np.ndarray, "N"], positive: Bool[np.ndarray, "N"]) -> float:
    """How often a positive outranks a negative, ties half; NaN where either is missing."""
    hits = int(positive.sum())
    misses = len(positive) - hits
    if not hits or not misses:
        return float("nan")
    return float((average_ranks(score)[positive].sum() - hits * (hits + 1) / 2) / (hits * misses))


def spearman(a: Float[np.ndarray, "N"], b: Float[np.ndarray, "N"]) -> float:
    """The correlation of ranks in [-1, 1]; NaN where one of the two never varies."""
    one, two = average_ranks(a), average_ranks(b)
    one, two = one - one.mean(), two - two.mean()
    scale = float(np.sqrt((one**2).sum() * (two**2).sum()))
    return float((one * two).sum() / scale) if scale else float("nan")
