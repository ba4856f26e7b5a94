"""Ranks, AUROC and Spearman's correlation, held against the plain loop and a hand-worked number."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sspcm.ranking.separation import auroc, average_ranks, spearman

SCORED = st.lists(st.tuples(st.integers(0, 5).map(float), st.booleans()), min_size=1, max_size=30)


def test_equal_values_share_the_mean_of_their_ranks() -> None:
    assert average_ranks(np.array([3.0, 1.0, 3.0, 9.0])).tolist() == [2.5, 1.0, 2.5, 4.0]


@given(SCORED)
def test_auroc_is_how_often_a_positive_outranks_a_negative(rows: list[tuple[float, bool]]) -> None:
    score, positive = np.array([value for value, _ in rows]), np.array([hit for _, hit in rows])
    pairs = [(a > b) + (a == b) / 2 for a in score[positive] for b in score[~positive]]
    found = auroc(score, positive)
    assert math.isnan(found) if not pairs else math.isclose(found, float(np.mean(pairs)))


def test_spearman_is_the_textbooks_number() -> None:
    one, two = np.array([1.0, 2.0, 3.0, 4.0, 5.0]), np.array([5.0, 6.0, 7.0, 8.0, 1.0])
    assert math.isclose(spearman(one, two), 1 - 6 * (1 + 1 + 1 + 1 + 16) / (5 * 24))
    assert spearman(one, one**3) == 1.0
    assert math.isnan(spearman(one, np.ones(5)))
