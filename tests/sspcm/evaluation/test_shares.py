import pytest

from sspcm.evaluation.shares import wilson


def test_the_interval_is_that_of_the_textbook():
    """Newcombe (1998), table I, method 3: 81 of 263, 15 of 148, 0 of 20, 1 of 29."""
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=1e-4)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=1e-4)
    assert wilson(1, 29) == pytest.approx((0.0061, 0.1718), abs=1e-4)


@pytest.mark.parametrize("count", [1, 7, 1000])
def test_it_holds_the_share_narrows_with_the_count_and_mirrors(count):
    for hits in {0, 1, count // 2, count}:
        low, high = wilson(hits, count)
        assert 0 <= low <= hits / count <= high <= 1
        assert wilson(count - hits, count) == pytest.approx((1 - high, 1 - low))
    low, high = wilson(10 * (count // 2), 10 * count)
    assert high - low < wilson(count // 2, count)[1] - wilson(count // 2, count)[0]


def test_of_nothing_counted_nothing_is_known():
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize("hits", [-1, 4])
def test_what_is_no_share_is_refused(hits):
    with pytest.raises(ValueError, match="no share"):
        wilson(hits, 3)
