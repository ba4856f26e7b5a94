"""The annotator does what a start lacks, and no more."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from sspcm.simulation.annotator import count_actions, started_from
from sspcm.skeletons.skeleton import get_skeleton

SIGMAS = get_skeleton("coco-17").sigma_array
AREA = np.array([10_000.0])
places = arrays.arrays(np.float64, (1, 17, 2), elements=st.floats(-500, 500))
visibilities = arrays.arrays(np.int64, (1, 17), elements=st.integers(0, 2))
CONFIDENCE = np.array([0.0, 0.1, 0.9])
"""That starts a keypoint as absent, hidden, visible."""


def actions(start: np.ndarray, truth: np.ndarray) -> int:
    return int(count_actions(start, truth, area=AREA, sigmas=SIGMAS).total[0])


def posed(xy: np.ndarray, third: np.ndarray) -> np.ndarray:
    return np.concatenate([xy, third[..., None]], axis=-1).astype(np.float64)


@given(places, visibilities)
def test_a_start_that_is_the_truth_takes_one_action(xy, visibility):
    assert actions(posed(xy, CONFIDENCE[visibility]), posed(xy, visibility)) == 1


@given(places, places, visibilities, visibilities, st.floats(1.0, 20.0))
def test_actions_never_fall_when_a_start_moves_away_from_the_truth(xy, off, was, wanted, further):
    truth = posed(xy, wanted)
    near, far = (posed(xy + by * off, CONFIDENCE[was]) for by in (1.0, further))
    assert actions(near, truth) <= actions(far, truth)


@given(places, visibilities, visibilities, st.integers(0, 16))
def test_actions_never_fall_when_a_visibility_gets_wrong(xy, was, wanted, k):
    right = was.copy()
    right[0, k] = wanted[0, k]
    truth = posed(xy, wanted)
    assert actions(posed(xy, CONFIDENCE[right]), truth) <= actions(posed(xy, CONFIDENCE[was]), truth)


def test_a_keypoint_is_moved_from_one_human_sigma_on():
    truth = posed(np.zeros((1, 17, 2)), np.full((1, 17), 2))
    spread = 2 * SIGMAS * 100  # of an area of 100 x 100 px
    for off, moved in ((0.99, 0), (1.01, 17)):
        start = posed(np.stack([off * spread, 0 * spread], axis=-1)[None], np.full((1, 17), 0.9))
        found = count_actions(start, truth, area=AREA, sigmas=SIGMAS)
        assert (found.moved[0], found.changed[0], found.total[0]) == (moved, 0, moved + 1)


def test_a_missing_keypoint_is_placed_and_one_too_many_taken_away():
    xy, wanted = np.zeros((1, 17, 2)), np.full((1, 17), 2)
    wanted[0, :3] = [0, 1, 2]  # absent, hidden, visible
    confidence = np.full((1, 17), 0.9)
    confidence[0, :3] = [0.9, 0.0, 0.0]
    found = count_actions(posed(xy, confidence), posed(xy, wanted), area=AREA, sigmas=SIGMAS)
    assert (found.moved[0], found.changed[0]) == (2, 2)  # the hidden one is placed, then hidden


def test_a_low_confidence_starts_hidden_and_none_is_not_placed():
    start = posed(np.zeros((1, 3, 2)), np.array([[0.2, 0.19, 0.0]]))
    assert started_from(start)[0, :, 2].tolist() == [2, 1, 0]
