"""The pair of teachers that agrees best teaches the student."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sspcm.method.correction import PAIRS, PAIRS_WITH_START, agreed, confident, correct, plain_mean, start_alone


def random_heatmaps(seed: int) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [torch.rand(4, 5, 8, 6, generator=generator) for _ in range(4)]


def dot(x: int, y: int) -> torch.Tensor:
    heatmap = torch.zeros(1, 1, 16, 16)
    heatmap[0, 0, y, x] = 1.0
    return heatmap


def test_ties_select_the_current_pair():
    here = dot(3, 4)
    correction = correct(here, here, here, here)
    assert PAIRS[correction.pair.item()] == ("A", "B")
    assert torch.equal(correction.target, here)


@pytest.mark.parametrize("moved", range(4))
def test_among_equal_pairs_the_order_decides(moved):
    """Whichever single member strays, the first pair without it wins."""
    members = [dot(3, 4)] * 4
    members[moved] = dot(10, 10)
    stray = ("A", "B", "A_prev", "B_prev")[moved]
    expected = next(i for i, pair in enumerate(PAIRS) if stray not in pair)
    assert correct(*members).pair.item() == expected


def test_the_outlier_is_left_out_of_the_average():
    correction = correct(dot(12, 12), dot(3, 4), dot(3, 5), dot(9, 0))
    assert PAIRS[correction.pair.item()] == ("A_prev", "B")
    assert torch.equal(correction.target, (dot(3, 5) + dot(3, 4)) / 2)
    assert correction.distances[0, 0, 1] == 1.0


@pytest.mark.parametrize("seed", range(5))
def test_the_gather_equals_the_plain_loop(seed):
    a, b, a_prev, b_prev = random_heatmaps(seed)
    correction = correct(a, b, a_prev, b_prev)
    pairs = [(a, b), (a_prev, b), (a, b_prev), (a_prev, b_prev)]
    for n in range(4):
        for k in range(5):
            places = [[divmod(int(h[n, k].argmax()), 6) for h in pair] for pair in pairs]
            apart = [((p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2) ** 0.5 for p, q in places]
            best = apart.index(min(apart))
            assert correction.pair[n, k] == best
            assert torch.equal(correction.target[n, k], (pairs[best][0][n, k] + pairs[best][1][n, k]) / 2)


def test_a_keypoint_teaches_only_where_the_mean_peak_is_high_enough():
    sure, unsure = torch.full((1, 1, 2, 2), 0.19), torch.full((1, 1, 2, 2), 0.02)
    assert confident(sure, unsure, above=0.1).item() == 1
    assert confident(unsure, unsure, above=0.1).item() == 0


@given(seed=st.integers(0, 2**31))
def test_among_random_ties_the_first_pair_wins(seed):
    """Peaks on a 2 x 2 map tie all the time; of the closest pairs the one named first teaches."""
    generator = torch.Generator().manual_seed(seed)
    correction = correct(*(torch.rand(6, 3, 2, 2, generator=generator) for _ in range(4)))
    for pair, distances in zip(correction.pair.flatten(), correction.distances.flatten(0, 1), strict=True):
        assert pair == distances.tolist().index(distances.min())


@given(seed=st.integers(0, 2**31))
def test_a_batch_in_another_order_is_corrected_in_that_order(seed):
    generator = torch.Generator().manual_seed(seed)
    members = [torch.rand(5, 3, 4, 4, generator=generator) for _ in range(4)]
    order = torch.randperm(5, generator=generator)
    straight, shuffled = correct(*members), correct(*(member[order] for member in members))
    assert torch.equal(shuffled.target, straight.target[order])
    assert torch.equal(shuffled.pair, straight.pair[order])


def test_a_keypoint_is_agreed_upon_where_the_current_teachers_lie_close_whatever_the_snapshots_say():
    a, b, far = dot(3, 4), dot(6, 8), dot(15, 15)  # 5 pixels apart
    for correction in (correct(a, b, far, far), plain_mean(a, b)):
        assert agreed(correction, within=5).item() == 1 and agreed(correction, within=4.9).item() == 0


def test_the_start_is_one_more_member_that_wins_no_tie():
    a, b, start, far = dot(3, 4), dot(12, 12), dot(12, 11), dot(15, 0)
    correction = correct(a, b, dot(0, 15), far, start)
    assert PAIRS_WITH_START[correction.pair.item()] == ("B", "start")
    assert torch.equal(correction.target, (b + start) / 2)
    assert PAIRS_WITH_START[correct(a, a, a, a, a).pair.item()] == ("A", "B")


@pytest.mark.parametrize(("b", "start", "alone"), [
    (dot(4, 5), dot(9, 4), 1),  # A and B mean one place, the start another
    (dot(4, 5), dot(5, 6), 0),  # the start is B's neighbour
    (dot(8, 4), dot(14, 4), 0),  # nobody agrees
])  # fmt: skip
def test_the_start_is_alone_where_the_teachers_agree_without_it(b, start, alone):
    a = dot(3, 4)
    assert start_alone(correct(a, b, a, b, start)).item() == alone
