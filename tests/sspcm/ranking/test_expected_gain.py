"""Before labels: what is probably wrong, what is probably placed, and whom to see first."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sspcm.ranking.evidence import Evidence
from sspcm.ranking.expected_gain import Expected, expected_before_labels, person_scores, rank_sum, worth_a_look
from sspcm.skeletons.skeleton import get_skeleton

COCO = get_skeleton("coco-17")
FACE = slice(0, 5)


def some(seed: int, persons: int = 12) -> Evidence:
    rng = np.random.default_rng(seed)
    return Evidence(rng.random((persons, 17)), rng.random((persons, 17)))


def test_a_rank_sum_orders_by_both() -> None:
    evidence = Evidence(np.array([[0.9, 0.5, 0.1]]), np.array([[0.1, 0.1, 0.8]]))
    of_person = 0.75 * 3 / 6
    assert rank_sum(evidence)[0].tolist() == pytest.approx(
        [4.5 / 6 + of_person, 3.5 / 6 + of_person, 1 / 6 + of_person]
    )


def test_a_keypoint_of_a_doubtful_person_is_more_probably_wrong_than_its_like() -> None:
    apart, sure = np.full((2, 17), 0.05), np.full((2, 17), 0.8)
    apart[1, 1:], sure[1, 1:] = 0.9, 0.2
    first, second = rank_sum(Evidence(apart, sure))[:, 0]
    assert first < second


@given(st.integers(0, 50))
def test_more_inconsistency_or_less_confidence_is_never_less_probably_wrong(seed: int) -> None:
    evidence = some(seed)
    wrong = expected_before_labels(evidence, COCO).wrong
    worse = (evidence.inconsistency[:, :, None] >= evidence.inconsistency[:, None]) & (
        evidence.confidence[:, :, None] <= evidence.confidence[:, None]
    )
    assert (wrong[:, :, None] >= wrong[:, None])[worse].all(), "among the keypoints of one person"


def test_as_many_are_expected_to_be_wrong_as_the_copies_disagree() -> None:
    evidence = some(0)
    wrong = expected_before_labels(evidence, COCO).wrong
    assert wrong.mean() == pytest.approx(evidence.inconsistency.mean(), abs=1e-3)
    assert wrong.max() == evidence.inconsistency.max()


def test_a_face_point_among_unsure_face_points_counts_less_than_one_among_sure_ones() -> None:
    confidence = np.full((2, 17), 0.8)
    confidence[0, FACE] = 0.05
    confidence[1, 0] = 0.05
    gain = expected_before_labels(Evidence(np.full((2, 17), 0.9), confidence), COCO).gain
    assert gain[0, 0] < gain[1, 0] < gain[1, 10]


def test_an_unknown_keypoint_stays_unknown() -> None:
    evidence = some(1)
    evidence.inconsistency[:, 4] = np.nan
    expected = expected_before_labels(evidence, COCO)
    assert np.isnan(expected.gain[:, 4]).all() and np.isfinite(np.delete(expected.gain, 4, axis=1)).all()
    assert np.isfinite(person_scores(expected, top_keypoints=1000)).all()
    assert 4 not in worth_a_look(expected.gain[0], flag_above=0.0)


def test_a_person_is_the_mean_over_what_is_placed_and_two_right_keypoints() -> None:
    weight = np.array([[1.0, 0.5, 0.0]])
    expected = Expected(wrong=np.array([[0.8, 0.2, 0.5]]), placed=weight, weight=weight)
    assert person_scores(expected, top_keypoints=1000)[0] == pytest.approx((0.8 + 0.1) / (1.5 + 2))
    assert person_scores(expected, top_keypoints=1)[0] == pytest.approx(0.8 / (1 + 2))


def test_nothing_known_scores_nothing() -> None:
    nothing = Evidence(np.full((2, 17), np.nan), np.zeros((2, 17)))
    assert person_scores(expected_before_labels(nothing, COCO), top_keypoints=3).tolist() == [0.0, 0.0]


def test_the_highest_gain_is_looked_at_first_and_ties_keep_the_skeletons_order() -> None:
    assert worth_a_look(np.array([0.3, 0.1, np.nan, 0.9, 0.3]), flag_above=0.2) == [3, 0, 4]
