"""Mutual OKS: 0 where all agree, towards 1 as they part."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sspcm.ranking.inconsistency import distance, farthest_pairs, mutual_oks
from sspcm.skeletons.skeleton import get_skeleton

SIGMAS = get_skeleton("coco-17").sigma_array


def test_a_distance_is_the_hand_worked_one_and_nan_where_one_is_missing() -> None:
    found = distance(np.array([[0.0, 0.0], [1.0, np.nan]]), np.array([[3.0, 4.0], [1.0, 1.0]]))
    assert found[0] == 5.0
    assert np.isnan(found[1])


def test_equal_members_agree_fully() -> None:
    pose = np.random.default_rng(0).uniform(0, 100, (3, 17, 2))
    assert (mutual_oks(np.stack([pose, pose]), area=np.full(3, 900.0), sigmas=SIGMAS) == 0).all()


def test_two_members_give_one_minus_their_oks() -> None:
    a, b = np.zeros((1, 17, 2)), np.zeros((1, 17, 2))
    b[0, 0] = [3.0, 4.0]
    found = mutual_oks(np.stack([a, b]), area=np.array([1000.0]), sigmas=SIGMAS)
    assert found[0, 0] == pytest.approx(1 - np.exp(-25 / (2 * 1000 * (2 * 0.026) ** 2)))
    assert (found[0, 1:] == 0).all()


@given(st.integers(0, 10_000))
def test_the_vectorised_score_equals_the_plain_loop_and_stays_in_bounds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    members, area = rng.uniform(0, 40, (4, 2, 17, 2)), rng.uniform(100, 5000, 2)
    found = mutual_oks(members, area=area, sigmas=SIGMAS)
    for p in range(2):
        for k in range(17):
            pairs = [
                np.exp(-((members[m, p, k] - members[n, p, k]) ** 2).sum() / (2 * area[p] * (2 * SIGMAS[k]) ** 2))
                for m in range(4)
                for n in range(m + 1, 4)
            ]
            assert found[p, k] == pytest.approx(1 - np.mean(pairs))
    assert (found >= 0).all()
    assert (found <= 1).all()


def test_the_farther_a_member_strays_the_higher_the_score() -> None:
    members = np.zeros((4, 50, 17, 2))
    members[1, :, :, 0] = np.arange(50)[:, None]
    scores = mutual_oks(members, area=np.full(50, 10_000.0), sigmas=SIGMAS)
    assert (np.diff(scores, axis=0) >= 0).all()
    assert scores[-1].max() < 1


def test_the_farthest_pair_is_named_with_its_distance_and_the_first_of_equals() -> None:
    members = np.zeros((3, 1, 17, 2))
    members[2, 0, 15] = [30.0, 40.0]
    pairs, apart = farthest_pairs(members)
    assert (pairs[0, 15].tolist(), apart[0, 15]) == ([0, 2], 50.0)
    assert (pairs[0, 14].tolist(), apart[0, 14]) == ([0, 1], 0.0)
