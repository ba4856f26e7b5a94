"""How good an order is: does it put what is wrong first? With intervals over images."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int

from sspcm.ranking.separation import auroc, average_ranks, spearman

BUDGETS = (0.05, 0.1, 0.2)
WRONG_PERSON_BELOW = 0.5
_NOTHING_LEFT = 1e-12
"""Of ranks' squares, which grow as the cube of their number: less is rounding."""
Interval = tuple[float, float, float]
"""The figure on everybody, and the ends of its 95 % interval over draws of images."""


@dataclass(frozen=True, eq=False)
class Errors:
    """What labels say of the judged poses: P persons' K keypoints.

    error: 1 - OKS of each placed keypoint, NaN elsewhere. images: whose persons are drawn together.
    """

    error: Float[np.ndarray, "P K"]
    images: Int[np.ndarray, "P"]

    @property
    def person(self) -> Float[np.ndarray, "P"]:
        """1 - OKS."""
        return np.asarray(np.nanmean(self.error, axis=1))


def joint_errors(
    start: Float[np.ndarray, "P K 3"],
    truth: Float[np.ndarray, "P K 3"],
    *,
    area: Float[np.ndarray, "P"],
    sigmas: Float[np.ndarray, "K"],
    images: Int[np.ndarray, "P"],
) -> Errors:
    """The errors of persons who each have a placed keypoint. area: square pixels."""
    squared = ((start[..., :2] - truth[..., :2]) ** 2).sum(-1)
    lost = 1 - np.exp(-squared / (2 * (2 * sigmas) ** 2 * area[:, None]))
    return Errors(np.where(truth[..., 2] > 0, lost, np.nan), images)


def judge_joints(scores: Mapping[str, Float[np.ndarray, "P K"]], errors: Errors, *, draws: int, seed: int) -> Any:
    """For each score AUROC and AUPRC of keypoints of OKS below one half, and how much error its head holds."""
    placed = np.isfinite(errors.error)
    wrong = errors.error > 0.5

    def figures(score: Float[np.ndarray, "P K"]) -> dict[str, Any]:
        def of(rows: Int[np.ndarray, "N"], measure: Callable[..., float]) -> float:
            kept = placed[rows]
            return measure(score[rows][kept], wrong[rows][kept])

        return {
            "auroc": intervals(lambda rows: of(rows, auroc), errors.images, draws=draws, seed=seed),
            "auprc": intervals(lambda rows: of(rows, average_precision), errors.images, draws=draws, seed=seed),
            "caught": {f"{100 * b:.0f} %": caught(score[placed], errors.error[placed], budget=b) for b in BUDGETS},
        }

    return {name: figures(score) for name, score in scores.items()}


def judge_persons(
    scores: Mapping[str, Float[np.ndarray, "P"]],
    errors: Errors,
    *,
    log_area: Float[np.ndarray, "P"],
    draws: int,
    seed: int,
) -> Any:
    """For each score its correlation with 1 - OKS, also with size and placed keypoints held fixed, and what removing
    its head leaves."""
    lost, count = errors.person, np.isfinite(errors.error).sum(1).astype(np.float64)
    bad = lost > WRONG_PERSON_BELOW

    def figures(score: Float[np.ndarray, "P"]) -> dict[str, Any]:
        def drawn(measure: Callable[[Int[np.ndarray, "N"]], float]) -> Interval:
            return intervals(measure, errors.images, draws=draws, seed=seed)

        return {
            "spearman": drawn(lambda rows: spearman(score[rows], lost[rows])),
            "kendall": kendall(score, lost),
            "spearman_given_size_and_count": partial_spearman(score, lost, np.stack([log_area, count], axis=1)),
            "auroc_oks_below_half": drawn(lambda rows: auroc(score[rows], bad[rows])),
            "sparsification_gain": drawn(lambda rows: sparsification_gain(score[rows], lost[rows])),
            "risk_coverage": risk_coverage(score, lost),
        }

    return {name: figures(score) for name, score in scores.items()}


def intervals(
    measure: Callable[[Int[np.ndarray, "N"]], float], images: Int[np.ndarray, "P"], *, draws: int, seed: int
) -> Interval:
    """A figure of rows, with its 95 % interval over draws of whole images, with replacement."""
    rng = np.random.default_rng(seed)
    groups = [np.flatnonzero(images == one) for one in np.unique(images)]
    found = [
        measure(np.concatenate([groups[g] for g in rng.integers(len(groups), size=len(groups))])) for _ in range(draws)
    ]
    low, high = np.nanpercentile(found, (2.5, 97.5)) if np.isfinite(found).any() else (np.nan, np.nan)
    return measure(np.arange(len(images))), float(low), float(high)


def by_chance(
    measure: Callable[[Int[np.ndarray, "N"]], float], count: int, *, draws: int, seed: int
) -> tuple[float, float]:
    """Between which two figures 95 % of random orders lie. measure: of an order of `count` persons or keypoints."""
    rng = np.random.default_rng(seed)
    found = [measure(rng.permutation(count)) for _ in range(draws)]
    low, high = np.nanpercentile(found, (2.5, 97.5)) if np.isfinite(found).any() else (np.nan, np.nan)
    return float(low), float(high)


def average_precision(score: Float[np.ndarray, "N"], positive: Bool[np.ndarray, "N"]) -> float:
    """The area under precision by recall, step by step; equal scores are one step. NaN without a positive."""
    if not positive.any():
        return float("nan")
    order = np.argsort(-score, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(score[order]) != 0, True))
    hits = np.cumsum(positive[order])[ends]
    return float((np.diff(hits, prepend=0) * (hits / (ends + 1))).sum() / positive.sum())


def caught(score: Float[np.ndarray, "N"], error: Float[np.ndarray, "N"], *, budget: float) -> float:
    """The share of all error in the `budget` of highest score."""
    first = np.argsort(-score, kind="stable")[: max(round(budget * len(score)), 1)]
    total = float(error.sum())
    return float(error[first].sum() / total) if total else float("nan")


def risk_coverage(score: Float[np.ndarray, "N"], error: Float[np.ndarray, "N"]) -> dict[str, float]:
    """The mean error of what remains once a share of highest score is removed."""
    order = np.argsort(-score, kind="stable")
    shares = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9)
    return {f"{100 * one:.0f} %": float(error[order[int(one * len(order)) :]].mean()) for one in shares}


def sparsification_gain(score: Float[np.ndarray, "N"], error: Float[np.ndarray, "N"]) -> float:
    """1 where the order is the errors' own, 0 where it is chance; the curve of what removing the head leaves."""

    def area(by: Float[np.ndarray, "N"]) -> float:
        left = error[np.argsort(-by, kind="stable")][::-1]
        return float((np.cumsum(left) / np.arange(1, len(left) + 1)).mean())

    chance, best = float(error.mean()), area(error)
    return (chance - area(score)) / (chance - best) if chance > best else float("nan")


def kendall(a: Float[np.ndarray, "N"], b: Float[np.ndarray, "N"]) -> float:
    """Kendall's tau-b; NaN where one of the two never varies."""
    agree = ties_a = ties_b = 0.0
    for i in range(len(a) - 1):
        one, two = np.sign(a[i] - a[i + 1 :]), np.sign(b[i] - b[i + 1 :])
        agree += float((one * two).sum())
        ties_a += float((one != 0).sum())
        ties_b += float((two != 0).sum())
    return agree / np.sqrt(ties_a * ties_b) if ties_a and ties_b else float("nan")


def partial_spearman(a: Float[np.ndarray, "N"], b: Float[np.ndarray, "N"], held: Float[np.ndarray, "N D"]) -> float:
    """Spearman's correlation of what the held columns' ranks leave unexplained."""
    design = np.column_stack([np.ones(len(a)), *(average_ranks(column) for column in held.T)])

    def rest(values: Float[np.ndarray, "N"]) -> Float[np.ndarray, "N"]:
        ranks = average_ranks(values)
        return np.asarray(ranks - design @ np.linalg.lstsq(design, ranks, rcond=None)[0])

    one, two = rest(a), rest(b)
    scale = float(np.sqrt((one**2).sum() * (two**2).sum()))
    return float((one * two).sum() / scale) if scale > _NOTHING_LEFT * len(a) ** 3 else float("nan")
