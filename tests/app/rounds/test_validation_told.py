"""What a lead is told of the people whom rounds are measured by."""

from collections.abc import Callable
from typing import Any

import pytest

from app.pool.validation import keep_share
from app.rounds.validation_told import persons_wanted, validation_told
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
    assert told.advice == "Too few are labelled to tell anything; ±.03 takes 267 labelled ones, 267 more."
    assert (told.offer, told.button) == (150, "Keep 90 more people for validation")
    accept(sqlite_store, ann, ids[:10])
    with sqlite_store.reading() as tx:
        told = validation_told(tx)
    assert told.labelled + told.open == 60
    assert told.missing == 267 - told.labelled


def test_the_spread_is_measured_once_there_are_twenty(sqlite_store: Store, add_people: People) -> None:
    ids = add_persons(sqlite_store, add_people, 25, split="validation", labelled=True)
    with sqlite_store.reading() as tx:
        assert (validation_told(tx).spread, validation_told(tx).spread_is_measured) == (0.25, False)
    predict(sqlite_store, ids, lambda i: 2.0 + 0.1 * (i % 3))
    with sqlite_store.reading() as tx:
        told = validation_told(tx)
    assert told.spread_is_measured and told.spread < 0.05
    assert (told.missing, told.offer, told.button) == (0, None, None)
    assert told.advice.endswith(": enough.")


@pytest.mark.parametrize(("waiting", "offer"), [(1, None), (20, 10)])
def test_never_more_than_half_is_offered(sqlite_store: Store, add_people: People, waiting: int, offer: int) -> None:
    add_persons(sqlite_store, add_people, waiting)
    with sqlite_store.reading() as tx:
        assert validation_told(tx).offer == offer
