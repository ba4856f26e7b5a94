"""A small logistic regression finds the weights that made its data, and bears what has one answer only."""

import numpy as np

from sspcm.ranking.logistic import fit_logistic, sigmoid


def test_the_weights_that_drew_the_answers_are_found() -> None:
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=(20_000, 2)) * [1.0, 50.0] + [0.0, 700.0]
    true = sigmoid(1.5 * numbers[:, 0] - 0.04 * (numbers[:, 1] - 700.0) - 1.0)
    fit = fit_logistic(numbers, rng.random(20_000) < true, penalty=np.ones(2))
    assert np.abs(fit.probability(numbers) - true).max() < 0.02


def test_the_gradient_is_zero_where_it_ends() -> None:
    rng = np.random.default_rng(1)
    numbers, yes = rng.normal(size=(60, 3)), rng.random(60) < 0.3
    fit = fit_logistic(numbers, yes, penalty=np.array([2.0, 2.0, 5.0]))
    reduced = (numbers - fit.mean) / fit.scale
    assert np.abs(reduced.T @ (fit.probability(numbers) - yes) + [2.0, 2.0, 5.0] * fit.weights).max() < 1e-6


def test_one_answer_only_and_features_that_never_vary_are_borne() -> None:
    numbers = np.column_stack([np.arange(30.0), np.ones(30)])
    assert fit_logistic(numbers, np.ones(30, bool), penalty=np.ones(2)).probability(numbers).min() > 0.95
    assert fit_logistic(numbers, np.zeros(30, bool), penalty=np.ones(2)).probability(numbers).max() < 0.05


def test_answers_that_a_line_separates_leave_the_weights_finite() -> None:
    numbers = np.linspace(-1, 1, 40)[:, None]
    fit = fit_logistic(numbers, numbers[:, 0] > 0, penalty=np.ones(1))
    assert np.isfinite(fit.weights).all() and fit.probability(np.array([[1.0]]))[0] > 0.9
