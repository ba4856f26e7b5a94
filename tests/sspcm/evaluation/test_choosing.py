"""Which network people's starts come from: never a worse one, and a better one once it shows."""

import math

import numpy as np
import pytest

from sspcm.evaluation.choosing import Difference, compare, mean_difference, mean_oks, spread_of_one

DRAWS = 400
PERSONS_AN_IMAGE = 3


def test_the_people_of_one_image_count_as_one_where_they_are_alike() -> None:
    by_image = np.array([0.1, 0.5, 0.3, 0.9, 0.2, 0.6, 0.4, 0.8])
    alone = mean_oks(by_image, np.arange(8))
    twice = mean_oks(np.repeat(by_image, 2), np.repeat(np.arange(8), 2))
    assert (twice.mean, twice.low, twice.high) == pytest.approx((alone.mean, alone.low, alone.high))
    assert (alone.persons, twice.persons) == (8, 16)


def test_the_spread_of_one_person_is_the_standard_deviation_and_more_where_people_of_an_image_are_alike() -> None:
    rng = np.random.default_rng(0)
    oks = rng.random(300)
    assert spread_of_one(oks, np.arange(300)) == pytest.approx(oks.std(ddof=1))
    alike = np.repeat(oks, 4)
    assert spread_of_one(alike, np.repeat(np.arange(300), 4)) == pytest.approx(2 * oks.std(ddof=1))
    assert math.isnan(spread_of_one(oks, np.zeros(300, dtype=int)))


def test_one_person_an_image_gives_the_textbooks_interval() -> None:
    oks = np.array([0.2, 0.4, 0.6, 0.8, 1.0])
    found = mean_oks(oks, np.arange(5))
    reach = 2.776 * oks.std(ddof=1) / math.sqrt(5)  # Student's t, 4 degrees of freedom, from a table
    assert (found.mean, found.low, found.high) == pytest.approx((0.6, 0.6 - reach, 0.6 + reach), abs=1e-3)
    ends = compare(oks, np.zeros(5), np.arange(5))
    reach = 2.132 * oks.std(ddof=1) / math.sqrt(5)
    assert (ends.low, ends.high) == pytest.approx((0.6 - reach, 0.6 + reach), abs=1e-3)


def test_nothing_is_sure_of_few_people_or_of_few_images() -> None:
    better = np.full(40, 0.5) + np.linspace(0, 0.01, 40)
    assert compare(better, np.zeros(40), np.arange(40)).is_surely_higher
    assert compare(np.zeros(40), better, np.arange(40)).is_surely_lower
    assert not compare(better[:19], np.zeros(19), np.arange(19)).is_surely_higher
    in_one_room = compare(better, np.zeros(40), np.arange(40) // 10)
    assert not in_one_room.is_measured and math.isnan(in_one_room.low)
    nobody = compare(np.zeros(0), np.zeros(0), np.zeros(0, dtype=int))
    assert math.isnan(nobody.mean) and not nobody.is_surely_higher and not nobody.is_surely_lower


def drawn(rng: np.random.Generator, *, persons: int, mean: float) -> Difference:
    """A challenger beside an incumbent: most people are alike to both, a few differ by much, images differ."""
    image = np.arange(persons) // PERSONS_AN_IMAGE
    of_image = rng.normal(0, 0.04, image.max() + 1)[image]
    seldom = np.where(rng.random(persons) < 0.15, rng.normal(0, 0.2, persons), rng.normal(0, 0.02, persons))
    incumbent = rng.random(persons)
    return compare(incumbent + mean + of_image + seldom, incumbent, image)


def taken(*, persons: int, mean: float) -> float:
    """In which share of draws a challenger of that true difference takes the place."""
    rng = np.random.default_rng(20261130)
    return float(np.mean([drawn(rng, persons=persons, mean=mean).is_surely_higher for _ in range(DRAWS)]))


@pytest.mark.parametrize("persons", [20, 40, 80, 200])
def test_an_equal_one_is_seldom_taken_and_a_worse_one_never_hardly(persons: int) -> None:
    by_chance = 2 * math.sqrt(0.05 * 0.95 / DRAWS)
    assert taken(persons=persons, mean=0.0) <= 0.05 + by_chance
    assert taken(persons=persons, mean=-0.01) <= 0.05
    assert taken(persons=persons, mean=-0.05) <= 0.005


def test_a_clearly_better_one_is_nearly_always_taken_at_80_and_a_little_better_one_often() -> None:
    assert taken(persons=80, mean=0.05) >= 0.98
    assert taken(persons=80, mean=0.03) >= 0.8
    assert taken(persons=200, mean=0.03) >= 0.98


def test_a_difference_that_is_told_has_a_wider_interval_than_one_that_decides() -> None:
    rng = np.random.default_rng(0)
    first, second, image = rng.normal(size=30), rng.normal(size=30), np.arange(30) // 3
    told, decides = mean_difference(first, second, image), compare(first, second, image)
    assert told.mean == decides.mean
    assert told.low < decides.low < told.mean < decides.high < told.high
