"""Validation images among the pool's."""

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.pool.blind_places import EVERY, blind_places
from db.records import RankingEntry


def ranked(count: int) -> list[RankingEntry]:
    return [RankingEntry(1000 + place, place, 0.5, ("knee",)) for place in range(count)]


def dealt(count: int, validation: Sequence[int]) -> list[int]:
    """The images as the queue deals them."""
    entries = ranked(count) + blind_places(ranked(count), validation)
    return [one.image_id for one in sorted(entries, key=lambda one: (one.position, one.image_id))]


def test_a_few_come_early_one_with_every_five_of_the_pool() -> None:
    queue = dealt(100, [1, 2, 3])
    assert [place for place, image_id in enumerate(queue) if image_id < 1000] == [2, 8, 14]


def test_many_are_spread_over_the_whole() -> None:
    places = [place for place, image_id in enumerate(dealt(10, range(10))) if image_id < 1000]
    assert places == list(range(0, 20, 2))


@given(st.integers(0, 60), st.sets(st.integers(0, 900), max_size=40))
def test_everybody_is_there_once_the_pool_in_its_order_and_nothing_tells_more(count: int, validation: set[int]) -> None:
    queue, blind = dealt(count, sorted(validation)), blind_places(ranked(count), validation)
    assert [i for i in queue if i >= 1000] == [one.image_id for one in ranked(count)]
    assert sorted(i for i in queue if i < 1000) == sorted(validation)
    assert {(one.score, one.reasons, one.blind) for one in blind} <= {(0.0, (), True)}
    most = max(EVERY, count // max(1, len(validation)) + 1)
    gaps = [place for place, image_id in enumerate(queue) if image_id < 1000]
    assert all(later - earlier - 1 <= most for earlier, later in pairwise(gaps))


def test_neighbours_are_not_dealt_one_after_the_other() -> None:
    order = [i for i in dealt(1000, range(40)) if i < 1000]
    assert order != sorted(order)
    assert order == [i for i in dealt(1000, range(40)) if i < 1000]
