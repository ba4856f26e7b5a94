"""Labels teach what people call visible, and only where that surely spares actions."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sspcm.evaluation.visibility import Taught, Visibility, actions, by_confidence, fit_visibility, teach_visibility
from sspcm.pose import ABSENT, HIDDEN, VISIBLE

IMAGES = np.arange(60) // 2


def people(seed: int, count: int = 60, keypoints: int = 5) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0.0, 1.0, (count, keypoints))


def test_before_labels_confidence_says_it() -> None:
    assert by_confidence(np.array([0.0, 0.19, 0.2, 1.0])).tolist() == [ABSENT, HIDDEN, VISIBLE, VISIBLE]


@pytest.mark.parametrize(
    ("shown", "true", "count"),
    [(ABSENT, ABSENT, 0), (ABSENT, VISIBLE, 1), (ABSENT, HIDDEN, 2), (HIDDEN, VISIBLE, 1), (VISIBLE, ABSENT, 1)],
)
def test_what_is_absent_must_be_placed_and_comes_as_visible(shown: int, true: int, count: int) -> None:
    assert actions(np.array([[shown]]), np.array([[true]])).tolist() == [count]


def test_labels_teach_another_threshold_and_a_keypoint_that_nobody_places() -> None:
    confidence = people(0)
    truth = np.where(confidence > 0.6, VISIBLE, HIDDEN)
    truth[:, 4] = ABSENT
    fitted = fit_visibility(confidence, truth, IMAGES)
    assert fitted is not None
    others = people(1)
    found = fitted.choose(others)
    assert (found[:, 4] == ABSENT).all()
    clear = np.abs(others[:, :4] - 0.6) > 0.15
    assert (found[:, :4] == np.where(others[:, :4] > 0.6, VISIBLE, HIDDEN))[clear].mean() > 0.97


@given(st.integers(0, 50))
def test_nothing_is_taught_where_the_labels_are_as_confidence_says_or_by_chance(seed: int) -> None:
    confidence = people(seed)
    as_before = by_confidence(confidence)
    assert fit_visibility(confidence, as_before, IMAGES) is None
    stray = np.random.default_rng(seed).random(confidence.shape) < 0.02
    assert fit_visibility(confidence, np.where(stray, HIDDEN, as_before), IMAGES) is None


@pytest.mark.parametrize(("count", "image"), [(24, np.arange(24)), (60, np.zeros(60, dtype=np.int64))])
def test_too_few_people_or_one_image_teach_nothing(count: int, image: np.ndarray) -> None:
    confidence = people(0, count)
    assert fit_visibility(confidence, np.full(confidence.shape, HIDDEN), image) is None


def test_labels_that_place_nothing_teach_that() -> None:
    fitted = fit_visibility(people(0), np.full((60, 5), ABSENT), IMAGES)
    assert fitted is not None and (fitted.choose(people(1)) == ABSENT).all()


def test_what_was_taught_is_kept_as_json() -> None:
    fitted = fit_visibility(people(0), np.full((60, 5), HIDDEN), IMAGES)
    assert fitted is not None
    again = Visibility.from_json(json.loads(json.dumps(fitted.to_json())))
    assert np.array_equal(again.choose(people(2)), fitted.choose(people(2)))


def test_what_was_taught_without_an_image_knows_nothing_of_it() -> None:
    """Of a fifth of the images the labels say the opposite: who learned from those says so, and nobody else."""
    confidence, image = people(0, 100), np.arange(100)
    truth = np.where(confidence > 0.6, VISIBLE, HIDDEN)
    changed = truth.copy()
    changed[image % 5 == 2] = ABSENT
    plain, other = (teach_visibility(confidence, labels, image) for labels in (truth, changed))
    assert plain is not None and other is not None
    others = people(1)
    assert np.array_equal(plain.unseen(7).choose(others), other.unseen(7).choose(others)), "7 is of that fifth"
    assert not np.array_equal(plain.unseen(8).placed.weights, other.unseen(8).placed.weights)
    assert other.unseen(1000) is other.whole, "nobody learned from an image that had no labels then"
    again = Taught.from_json(json.loads(json.dumps(other.to_json())))
    for one in (8, 1000):
        assert np.array_equal(again.unseen(one).choose(others), other.unseen(one).choose(others))
