"""Validation images among the pool's."""

from collections.abc import Iterable, Mapping
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.pool.blind_places import EVERY, EVERY_MISSING, blind_places
from db.records import RankingEntry


def ranked(count: int) -> list[RankingEntry]:
    return [RankingEntry(1000 + place, place, 0.5, ("knee",)) for place in range(count)]


def alone(images: Iterable[int]) -> dict[int, int]:
    """One person in each."""
    return dict.fromkeys(images, 1)


def dealt(count: int, validation: Mapping[int, int], *, missing: tuple[int, int] = (0, 0)) -> list[int]:
    """The images as the queue deals them."""
    entries = ranked(count) + blind_places(ranked(count), validation, missing=missing)
    return [one.image_id for one in sorted(entries, key=lambda one: (one.position, one.image_id))]


def test_a_few_come_early_one_with_every_five_of_the_pool() -> None:
    queue = dealt(100, alone([1, 2, 3]))
    assert [place for place, image_id in enumerate(queue) if image_id < 1000] == [2, 8, 14]


def test_many_are_spread_over_the_whole() -> None:
    places = [place for place, image_id in enumerate(dealt(10, alone(range(10)))) if image_id < 1000]
    assert places == list(range(0, 20, 2))


def test_those_that_are_missing_to_decide_come_closer_together_and_the_others_as_ever() -> None:
    queue = dealt(200, alone(range(30)), missing=(20, 5))
    places = [place for place, image_id in enumerate(queue) if image_id < 1000]
    between = [later - earlier - 1 for earlier, later in pairwise(places)]
    assert between[:19] == [EVERY_MISSING] * 19 and set(between[20:]) == {EVERY}
    assert sum(image_id < 1000 for image_id in queue[:60]) == 20, "20 of the first 60 images"


def test_images_of_many_people_are_fewer_that_come_early_but_never_fewer_than_are_missing() -> None:
    def early(people: int, *missing: int) -> int:
        queue = dealt(400, dict.fromkeys(range(30), people), missing=(missing[0], missing[1]))
        places = [place for place, image_id in enumerate(queue) if image_id < 1000]
        return sum(later - earlier - 1 == EVERY_MISSING for earlier, later in pairwise(places)) + 1

    assert early(2, 20, 5) == 10
    assert early(80, 20, 5) == 5
    assert early(1, 7, 0) == 7


@given(
    st.integers(0, 60),
    st.dictionaries(st.integers(0, 900), st.integers(1, 9), max_size=40),
    st.tuples(st.integers(0, 20), st.integers(0, 5)),
)
def test_everybody_is_there_once_the_pool_in_its_order_and_nothing_tells_more(
    count: int, validation: dict[int, int], missing: tuple[int, int]
) -> None:
    queue = dealt(count, validation, missing=missing)
    blind = blind_places(ranked(count), validation, missing=missing)
    assert [i for i in queue if i >= 1000] == [one.image_id for one in ranked(count)]
    assert sorted(i for i in queue if i < 1000) == sorted(validation)
    assert {(one.score, one.reasons, one.blind) for one in blind} <= {(0.0, (), True)}
    most = max(EVERY, count // max(1, len(validation)) + 1)
    gaps = [place for place, image_id in enumerate(queue) if image_id < 1000]
    assert all(later - earlier - 1 <= most for earlier, later in pairwise(gaps))


def test_neighbours_are_not_dealt_one_after_the_other() -> None:
    order = [i for i in dealt(1000, alone(range(40))) if i < 1000]
    assert order != sorted(order)
    assert order == [i for i in dealt(1000, alone(range(40))) if i < 1000]
