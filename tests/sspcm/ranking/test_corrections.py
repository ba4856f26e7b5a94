"""Corrections teach which keypoints are wrong, and are trusted only where they tell it better."""

import json

import numpy as np
import pytest

from sspcm.ranking.corrections import (
    LEAST_PERSONS,
    Corrections,
    calibration_error,
    fit_corrections,
    wrong_keypoints,
)
from sspcm.ranking.evidence import Evidence
from sspcm.ranking.expected_gain import rank_sum
from sspcm.ranking.separation import auroc
from sspcm.skeletons.skeleton import get_skeleton

COCO = get_skeleton("coco-17")


def drawn(persons: int, seed: int = 0, *, limb: int | None = 9) -> Corrections:
    """Keypoints that are wrong the more the answers lie apart; of one limb wrong, whatever they say."""
    rng = np.random.default_rng(seed)
    apart, sure = rng.random((persons, 17)), rng.random((persons, 17))
    wrong = rng.random((persons, 17)) < apart**2
    if limb is not None:
        wrong[:, limb] = rng.random(persons) < 0.95
    placed = rng.random((persons, 17)) < 0.2 + 0.8 * sure
    return Corrections(Evidence(apart, sure), wrong, placed, np.arange(persons) // 2)


def test_a_prediction_is_wrong_where_its_oks_is_below_a_half() -> None:
    labelled = np.zeros((1, 17, 3))
    labelled[..., 2] = 2
    predicted = np.zeros((1, 17, 2))
    # OKS .5 lies at d = kappa sqrt(2 a ln 2); for the nose's sigma .026 and 10,000 square pixels at 6.1 px.
    predicted[0, 0, 0], predicted[0, 1, 0] = 6.2, 5.8
    found = wrong_keypoints(predicted, labelled, area=np.array([1e4]), sigmas=COCO.sigma_array)
    assert found[0, :3].tolist() == [True, False, False]


def test_enough_corrections_tell_wrong_keypoints_better_than_the_rank_sum() -> None:
    fit = fit_corrections(drawn(80), COCO)
    assert fit.measured.fitted_is_used and fit.measured.placed_is_used
    assert fit.measured.auroc_fitted > fit.measured.auroc_rank_sum + 0.05
    fresh = drawn(200, seed=7)
    expected = fit.expected(fresh.evidence, COCO)
    assert auroc(expected.wrong.ravel(), fresh.wrong.ravel()) == pytest.approx(fit.measured.auroc_fitted, abs=0.06)
    assert calibration_error(expected.wrong.ravel(), fresh.wrong.ravel()) < 0.08
    assert calibration_error(expected.placed.ravel(), fresh.placed.ravel()) < 0.08


def test_too_few_corrections_change_nothing_but_are_counted() -> None:
    fit = fit_corrections(drawn(LEAST_PERSONS - 1), COCO)
    assert (fit.wrong, fit.placed) == (None, None)
    assert fit.measured.persons == LEAST_PERSONS - 1 and np.isnan(fit.measured.auroc_fitted)
    assert json.loads(json.dumps(fit.measured.to_json(), allow_nan=False))["auroc_fitted"] is None


def test_a_fit_that_tells_less_than_the_rank_sum_is_not_used() -> None:
    rng = np.random.default_rng(3)
    corrections = drawn(30, limb=None)
    # Right and wrong as the rank sum has it, to the last keypoint: nothing can tell it better.
    wrong = rank_sum(corrections.evidence) > 0.7
    flat = Corrections(corrections.evidence, wrong, rng.random((30, 17)) < 2, corrections.images)
    assert fit_corrections(flat, COCO).wrong is None


def test_where_everything_is_placed_that_is_learnt() -> None:
    corrections = drawn(40)
    everything = Corrections(corrections.evidence, corrections.wrong, np.ones((40, 17), bool), corrections.images)
    fit = fit_corrections(everything, COCO)
    assert fit.expected(corrections.evidence, COCO).placed.min() > 0.9


def test_one_image_alone_cannot_be_left_out() -> None:
    corrections = drawn(60)
    alone = Corrections(corrections.evidence, corrections.wrong, corrections.placed, np.zeros(60, np.int64))
    assert fit_corrections(alone, COCO).wrong is None


def test_calibration_is_the_distance_from_the_share_found() -> None:
    positive = np.array([True, False, False, False])
    assert calibration_error(np.full(4, 0.25), positive) == 0.0
    assert calibration_error(np.full(4, 0.75), positive) == 0.5
