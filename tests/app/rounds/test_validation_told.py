"""What a lead is told of the people whom rounds are measured by."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from app.pool.validation import keep_share
from app.rounds.validation_told import before_launch, persons_wanted, two_digits, validation_told
from db.store.session import Store
from tests.app.rounds.measured_home import accept, add_persons, predict

People = Callable[..., Any]


def test_so_many_people_give_an_interval_of_three_hundredths() -> None:
    assert persons_wanted(0.25) == 267  # (1.96 * .25 / .03) ** 2 = 266.8
    assert persons_wanted(0.1) == 43


def test_a_home_without_any_says_what_to_do_in_one_sentence(sqlite_store: Store, add_people: People) -> None:
    add_persons(sqlite_store, add_people, 600)
    with sqlite_store.reading() as tx:
        told = validation_told(tx)
    assert told.words == (
        "Nobody is kept for validation, so little tells whether a round is better: keep some people for it."
    )
    assert (told.offer, told.button) == (60, "Keep 60 people for validation")
    assert told.why == "60 in all: a tenth of all people, and 40 at least, measure rounds"
    assert told.advice == "40 labelled people tell a mean OKS to about ±.08."


def test_labelled_ones_are_counted_and_what_is_missing_follows(
    sqlite_store: Store, add_people: People, add_account: Callable[..., Any]
) -> None:
    ids = add_persons(sqlite_store, add_people, 600)
    keep_share(sqlite_store)
    ann = add_account(sqlite_store)
    with sqlite_store.reading() as tx:
        told = validation_told(tx)
    assert told.words[:73] == "60 people are kept for validation: 0 labelled, 60 to label. Nobody learns"
    assert told.advice == (
        "Too few are labelled to tell anything; ±.03 takes about 270 labelled ones, 270 more "
        "(as people usually differ)."
    )
    assert (told.offer, told.button) == (150, "Keep 90 more people for validation")
    assert told.why == "that makes a quarter of all people, and the others are there to learn from"
    accept(sqlite_store, ann, ids[:10])
    with sqlite_store.reading() as tx:
        told = validation_told(tx)
    assert told.labelled + told.open == 60
    assert told.missing == 270 - told.labelled


def test_the_spread_of_few_images_leans_to_the_usual_one_and_that_of_many_is_their_own(
    sqlite_store: Store, add_people: People
) -> None:
    few = add_persons(sqlite_store, add_people, 25, split="validation", labelled=True)
    with sqlite_store.reading() as tx:
        assert (validation_told(tx).spread, validation_told(tx).spread_is_measured) == (0.25, False)
    predict(sqlite_store, few, lambda i: 2.0 + 0.1 * (i % 3))
    with sqlite_store.reading() as tx:
        told = validation_told(tx)
    assert told.spread_is_measured and 0.15 < told.spread < 0.2
    assert "(as these 25 people differ in 25 images, and people usually: a guess until there are more)" in told.advice
    more = add_persons(sqlite_store, add_people, 400, split="validation", labelled=True)
    predict(sqlite_store, more, lambda i: 2.0 + 0.1 * (i % 3))
    with sqlite_store.reading() as tx:
        told = validation_told(tx)
    assert told.spread < 0.07
    assert (told.missing, told.offer, told.button, told.why) == (0, None, None, None)
    assert told.advice.endswith(": enough.")


@pytest.mark.parametrize("seed", range(3))
def test_a_few_labels_more_change_the_advice_by_little(sqlite_store: Store, add_people: People, seed: int) -> None:
    """What so few say of the spread alone jumps by several times."""
    rng, wanted = np.random.default_rng(seed), []
    for _ in range(9):
        ids = add_persons(sqlite_store, add_people, 3, split="validation", labelled=True)
        predict(sqlite_store, ids, dict(zip(ids, rng.choice([0.5, 9.0], 3), strict=True)).__getitem__)
        with sqlite_store.reading() as tx:
            wanted.append(validation_told(tx).wanted)
    changes = [later / earlier for earlier, later in pairwise(wanted)]
    assert max(changes) < 1.4 and min(changes) > 0.7


def test_numbers_are_told_to_two_digits() -> None:
    assert [two_digits(count) for count in (7, 43, 100, 267, 301, 1041)] == [7, 43, 100, 270, 310, 1100]


def test_before_a_launch_a_lead_hears_that_nothing_can_tell_yet_whether_the_student_is_better(
    sqlite_store: Store, add_people: People, add_account: Callable[..., Any]
) -> None:
    ann = add_account(sqlite_store)
    pool, blind = (
        add_persons(sqlite_store, add_people, 5),
        add_persons(sqlite_store, add_people, 30, split="validation"),
    )

    def told() -> str | None:
        with sqlite_store.reading() as tx:
            return before_launch(tx)

    assert told() is None, "whatever a first student is, there is nothing else to begin from"
    predict(sqlite_store, pool + blind, lambda _: 2.0)
    assert told() == (
        "Labelling begins from a round's student only once it is measured to be better on 20 people in 5 images: "
        "validation people, of whom none is labelled, and who is labelled after the round. Validation people tell "
        "best: label them before, or while the round runs. The queue deals them early."
    )
    accept(sqlite_store, ann, blind[:13])
    assert "of whom 13 in 13 images are labelled" in str(told())
    accept(sqlite_store, ann, blind[13:20])
    assert told() is None


@pytest.mark.parametrize(("waiting", "offer"), [(1, None), (20, 10)])
def test_never_more_than_half_is_offered(sqlite_store: Store, add_people: People, waiting: int, offer: int) -> None:
    add_persons(sqlite_store, add_people, waiting)
    with sqlite_store.reading() as tx:
        assert validation_told(tx).offer == offer
