"""Figures of an order, against hand-worked numbers and orders that are known to be perfect or worthless."""

import math

import numpy as np
import pytest

from sspcm.evaluation.ranking_figures import (
    average_precision,
    by_chance,
    caught,
    intervals,
    joint_errors,
    judge_joints,
    judge_persons,
    kendall,
    partial_spearman,
    risk_coverage,
    sparsification_gain,
)
from sspcm.ranking.separation import spearman

IMAGES = np.arange(60) // 2


def some_errors(seed: int = 0):
    rng = np.random.default_rng(seed)
    truth = np.concatenate([rng.uniform(0, 99, (60, 5, 2)), np.full((60, 5, 1), 2.0)], axis=-1)
    truth[:, 4, 2] = 0
    start = truth.copy()
    start[..., 0] += rng.exponential(6.0, (60, 5)) * rng.exponential(1.0, (60, 1))
    return joint_errors(start, truth, area=np.full(60, 2000.0), sigmas=np.full(5, 0.07), images=IMAGES)


def test_the_error_of_a_keypoint_is_what_oks_loses_and_nan_where_nobody_placed_it() -> None:
    truth = np.array([[[0.0, 0.0, 2], [0.0, 0.0, 1], [0.0, 0.0, 0]]])
    # kappa sqrt(area) = .2 * 10 = 2 px: at 2 px OKS is exp(-1/2)
    start = np.array([[[2.0, 0.0, 1], [0.0, 0.0, 1], [9.0, 0.0, 1]]])
    found = joint_errors(start, truth, area=np.array([100.0]), sigmas=np.full(3, 0.1), images=np.zeros(1, np.int64))
    assert found.error[0, :2] == pytest.approx([1 - math.exp(-0.5), 0.0]) and np.isnan(found.error[0, 2])
    assert found.person[0] == pytest.approx((1 - math.exp(-0.5)) / 2)


def test_random_orders_of_many_people_lie_as_close_to_chance_as_theory_says() -> None:
    lost = np.random.default_rng(0).random(101)
    low, high = by_chance(lambda order: spearman(lost[order], lost), 101, draws=2000, seed=0)
    assert (low, high) == pytest.approx((-0.196, 0.196), abs=0.02)  # 1.96 / sqrt(101 - 1)
    assert all(math.isnan(one) for one in by_chance(lambda order: math.nan, 3, draws=5, seed=0))


def test_average_precision_is_the_textbooks() -> None:
    hits = np.array([True, False, True, False])
    assert average_precision(np.array([4.0, 3.0, 2.0, 1.0]), hits) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision(np.zeros(4), hits) == 0.5, "nothing told apart: the prevalence"
    assert math.isnan(average_precision(np.zeros(4), np.zeros(4, bool)))


def test_the_errors_own_order_gains_everything_and_its_reverse_less_than_chance() -> None:
    lost = some_errors().person
    assert sparsification_gain(lost, lost) == pytest.approx(1.0)
    assert sparsification_gain(-lost, lost) < -0.5
    assert math.isnan(sparsification_gain(lost, np.full(60, 0.3)))


def test_what_remains_gets_better_and_the_head_holds_more_than_its_share() -> None:
    lost = some_errors().person
    curve = list(risk_coverage(lost, lost).values())
    assert curve == sorted(curve, reverse=True) and curve[0] == pytest.approx(lost.mean())
    assert caught(lost, lost, budget=0.1) == pytest.approx(np.sort(lost)[-6:].sum() / lost.sum())


def test_kendall_counts_pairs() -> None:
    assert kendall(np.array([1.0, 2, 3, 4]), np.array([1.0, 3, 2, 4])) == pytest.approx((5 - 1) / 6)
    assert math.isnan(kendall(np.ones(4), np.arange(4.0)))


def test_a_score_that_only_finds_small_people_shows_it() -> None:
    rng = np.random.default_rng(0)
    size = rng.normal(size=400)
    lost = -size + 0.3 * rng.normal(size=400)
    assert abs(partial_spearman(-size + 0.3 * rng.normal(size=400), lost, size[:, None])) < 0.15
    assert partial_spearman(lost, lost, size[:, None]) == pytest.approx(1.0)
    assert math.isnan(partial_spearman(-size, lost, size[:, None]))


def test_whole_images_are_drawn_and_the_figure_lies_within() -> None:
    seen: list[np.ndarray] = []

    def measure(rows: np.ndarray) -> float:
        seen.append(rows)
        return float(np.mean(rows))

    figure, low, high = intervals(measure, IMAGES, draws=50, seed=0)
    assert low < figure == 29.5 < high
    assert all(np.bincount(IMAGES[rows], minlength=30).sum() == 60 for rows in seen)
    assert all((np.bincount(rows, minlength=60).reshape(30, 2).std(1) == 0).all() for rows in seen)


def test_a_perfect_score_has_one_and_chance_has_a_half() -> None:
    errors = some_errors()
    chance = np.random.default_rng(5).random(errors.error.shape)
    scores = {"own": np.nan_to_num(errors.error), "chance": chance}
    joints = judge_joints(scores, errors, draws=40, seed=0)
    assert joints["own"]["auroc"] == (1.0, 1.0, 1.0) and joints["own"]["auprc"][0] == 1.0
    assert joints["chance"]["auroc"][1] < 0.5 < joints["chance"]["auroc"][2] + 0.05
    persons = {"own": errors.person, "chance": chance.mean(1)}
    told = judge_persons(persons, errors, log_area=np.zeros(60), draws=40, seed=0)
    assert told["own"]["spearman"][0] == pytest.approx(1.0) and told["own"]["kendall"] == pytest.approx(1.0)
    assert abs(told["chance"]["spearman"][0]) < 0.3
