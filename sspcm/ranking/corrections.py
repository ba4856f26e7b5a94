"""What annotators' corrections teach about the next ones: two fits, and whether they are better than no fit."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int

from sspcm.ranking.evidence import Evidence, features, penalties
from sspcm.ranking.expected_gain import Expected, expected_before_labels, rank_sum
from sspcm.ranking.logistic import Logistic, fit_logistic
from sspcm.ranking.separation import auroc
from sspcm.skeletons.skeleton import Skeleton

LEAST_PERSONS = 25
"""Corrected people before anything is fitted."""
WRONG_BELOW = 0.5
"""A keypoint of less OKS is wrong (method.md section 12)."""
_FOLDS = 5
_LEAST_OF_A_KIND = 5


@dataclass(frozen=True, eq=False)
class Corrections:
    """Predictions that people checked: P persons' K keypoints. images: whose persons are left out together."""

    evidence: Evidence
    wrong: Bool[np.ndarray, "P K"]
    """Where the label lies elsewhere; means nothing where `placed` is False."""
    placed: Bool[np.ndarray, "P K"]
    images: Int[np.ndarray, "P"]


@dataclass(frozen=True)
class Measured:
    """How a fit does on images that it was not fitted on, beside what it replaces; NaN where nothing was measured."""

    persons: int
    keypoints: int
    wrong: float
    """The share of placed keypoints that were wrong."""
    auroc_fitted: float
    auroc_rank_sum: float
    auroc_confidence: float
    """Of 1 - confidence alone."""
    calibration_error: float
    """How far the fitted probabilities lie from the shares found, by tenths, weighted."""
    fitted_is_used: bool
    placed_is_used: bool

    def to_json(self) -> dict[str, Any]:
        """Plain data; JSON knows no NaN."""
        return {name: None if value != value else value for name, value in vars(self).items()}


@dataclass(frozen=True, eq=False)
class Fit:
    """The probabilities that corrections taught, each None where the ones before labels are at least as good."""

    wrong: Logistic | None
    placed: Logistic | None
    measured: Measured

    def expected(self, evidence: Evidence, skeleton: Skeleton) -> Expected:
        """What a label of each keypoint may be expected to change."""
        before = expected_before_labels(evidence, skeleton)
        numbers, known = features(evidence, skeleton), evidence.known

        def of(fit: Logistic | None, otherwise: Float[np.ndarray, "P K"]) -> Float[np.ndarray, "P K"]:
            if fit is None or not known.any():
                return otherwise
            found = np.full(known.shape, np.nan)
            found[known] = fit.probability(numbers[known])
            return found

        placed = of(self.placed, before.placed)
        # a rank sum and the weights it was measured with go together, and so do two fits
        weight = before.weight if self.wrong is None else placed
        return Expected(of(self.wrong, before.wrong), placed, weight)


def wrong_keypoints(
    predicted: Float[np.ndarray, "P K 2"],
    labelled: Float[np.ndarray, "P K 3"],
    *,
    area: Float[np.ndarray, "P"],
    sigmas: Float[np.ndarray, "K"],
) -> Bool[np.ndarray, "P K"]:
    """Which predicted keypoints lie so far from the label that their OKS is below WRONG_BELOW. area: square pixels."""
    squared = ((predicted - labelled[..., :2]) ** 2).sum(-1)
    return np.asarray(np.exp(-squared / (2 * (2 * sigmas) ** 2 * area[:, None])) < WRONG_BELOW)


def fit_corrections(corrections: Corrections, skeleton: Skeleton) -> Fit:
    """Both fits, each taken only where it does no worse than what was there before labels.

    Measured by cross-validation, a fifth of the images at a time: AUROC for wrong keypoints, the likelihood for placed
    ones, which may be all of them.
    """
    evidence, known = corrections.evidence, corrections.evidence.known
    before = expected_before_labels(evidence, skeleton)
    numbers = features(evidence, skeleton)
    judged = known & corrections.placed
    wrong, placed = corrections.wrong[judged], corrections.placed[known]
    by_others = expected_by_others(corrections, skeleton)
    both = by_others is not None and min(wrong.sum(), (~wrong).sum()) >= _LEAST_OF_A_KIND
    guessed = by_others.wrong[judged] if by_others is not None and both else None
    told = None if by_others is None else by_others.placed[known]
    curb, summed = penalties(skeleton), auroc(rank_sum(evidence)[judged], wrong)
    fitted = float("nan") if guessed is None else auroc(guessed, wrong)
    is_used = guessed is not None and fitted >= summed
    placed_is_used = told is not None and _loss(told, placed) <= _loss(before.placed[known], placed)
    return Fit(
        wrong=fit_logistic(numbers[judged], wrong, penalty=curb) if is_used else None,
        placed=fit_logistic(numbers[known], placed, penalty=curb) if placed_is_used else None,
        measured=Measured(
            persons=len(evidence),
            keypoints=int(judged.sum()),
            wrong=float(wrong.mean()) if len(wrong) else float("nan"),
            auroc_fitted=fitted,
            auroc_rank_sum=summed,
            auroc_confidence=auroc(1 - evidence.confidence[judged], wrong),
            calibration_error=float("nan") if guessed is None else calibration_error(guessed, wrong),
            fitted_is_used=is_used,
            placed_is_used=placed_is_used,
        ),
    )


def calibration_error(probability: Float[np.ndarray, "N"], positive: Bool[np.ndarray, "N"]) -> float:
    """The mean distance of probabilities from the share found, over ten bins of equal width, weighted by their size."""
    bins = np.minimum((10 * probability).astype(np.int64), 9)
    count = np.bincount(bins, minlength=10)
    apart = np.bincount(bins, weights=probability, minlength=10) - np.bincount(bins, weights=positive, minlength=10)
    return float(np.abs(apart).sum() / max(count.sum(), 1))


def expected_by_others(corrections: Corrections, skeleton: Skeleton) -> Expected | None:
    """What corrections of other images say of each keypoint, be it better than no fit or not; None with too few.

    A fifth of the images at a time: to judge fits by, as nothing of a person's own image has a word in theirs.
    """
    evidence, images = corrections.evidence, corrections.images
    numbers, known = features(evidence, skeleton), evidence.known
    judged = known & corrections.placed
    if len(evidence) < LEAST_PERSONS or len(np.unique(images)) < _FOLDS:
        return None
    fold, curb = _folds(images), penalties(skeleton)
    wrong_and_placed = np.full((2, *known.shape), np.nan)
    found = Expected(wrong_and_placed[0], wrong_and_placed[1], weight=wrong_and_placed[1])
    for one in range(_FOLDS):
        rest, own = (fold != one)[:, None], known & (fold == one)[:, None]
        wrong = fit_logistic(numbers[judged & rest], corrections.wrong[judged & rest], penalty=curb)
        placed = fit_logistic(numbers[known & rest], corrections.placed[known & rest], penalty=curb)
        found.wrong[own], found.placed[own] = wrong.probability(numbers[own]), placed.probability(numbers[own])
    return found


def _folds(images: Int[np.ndarray, "N"]) -> Int[np.ndarray, "N"]:
    """Which fifth each is in; an image is in one."""
    return np.asarray(np.unique(images, return_inverse=True)[1] % _FOLDS)


def _loss(probability: Float[np.ndarray, "N"], positive: Bool[np.ndarray, "N"]) -> float:
    """The mean negative log likelihood."""
    return float(-np.log(np.where(positive, probability, 1 - probability)).mean())
