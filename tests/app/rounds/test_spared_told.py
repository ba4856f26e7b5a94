"""What a lead reads of what the published round spared."""

from collections.abc import Callable
from typing import Any

import pytest

from app.contract.rounds import SparedPayload
from app.rounds.spared_told import ACTION
from app.rounds.starts import use
from app.rounds.starts_told import starts_told
from db.records import UserRecord
from db.rounds import predictions
from db.store.session import Store
from tests.app.rounds.measured_home import accept, add_persons, predict, publish, publish_judged, score

FAR, RIGHT = 200.0, 0.0


@pytest.fixture
def lead(sqlite_store: Store, add_account: Callable[..., UserRecord]) -> UserRecord:
    return add_account(sqlite_store, "lea", "lead")


@pytest.fixture
def ids(sqlite_store: Store, lead: UserRecord, add_people: Callable[..., Any]) -> list[int]:
    return add_persons(sqlite_store, add_people, 10)


def told(store: Store) -> SparedPayload | None:
    with store.reading() as tx:
        return starts_told(tx).spared


def round_of(store: Store, lead: UserRecord, ids: list[int], pixels: Callable[[int], float]) -> None:
    publish_judged(store, score(store, lead, ids, pixels))


def test_nothing_is_told_before_a_round_or_of_a_round_that_noted_no_starts(
    sqlite_store: Store, lead: UserRecord, ids: list[int]
) -> None:
    predict(sqlite_store, ids, lambda _: FAR)
    assert told(sqlite_store) is None
    publish(sqlite_store, score(sqlite_store, lead, ids, lambda _: RIGHT))
    assert told(sqlite_store) is None


def test_the_sentence_grows_from_what_is_missing_to_the_difference_with_its_interval(
    sqlite_store: Store, lead: UserRecord, ids: list[int]
) -> None:
    round_of(sqlite_store, lead, ids, lambda _: FAR)
    round_of(sqlite_store, lead, ids, lambda i: FAR if i == ids[0] else RIGHT)
    spared = told(sqlite_store)
    assert spared is not None
    nobody = "Nobody whom it predicted was labelled since round 2: people in 5 images tell what it spared."
    assert spared.words == nobody
    assert (spared.round, spared.begin_from, spared.before) == (2, "round 2's student", "round 1's student")
    assert (spared.labelled, spared.validation, spared.notes) == (None, None, [])

    accept(sqlite_store, lead, ids[:1])
    spared = told(sqlite_store)
    assert spared is not None
    assert spared.words == (
        "1 person labelled since round 2, in 1 image, takes 18.0 actions instead of 18.0: people in 5 images tell "
        "whether that is chance."
    )
    assert spared.labelled is not None
    assert (spared.labelled.persons, spared.labelled.low) == (1, None)

    with sqlite_store.reading() as tx:
        earlier, began = ({i: one.id for i, one in predictions.of_student(tx, ids, n).items()} for n in (1, 2))
    accept(sqlite_store, lead, ids[1:], began={i: began[i] for i in ids[1:4]} | {i: earlier[i] for i in ids[4:6]})
    spared = told(sqlite_store)
    assert spared is not None
    assert spared.words == (
        "From its poses the 10 people labelled since round 2 take 2.7 actions each, from those of round 1's student "
        "18.0: 15.3 fewer [11.5, 19.1]."
    )
    lean, action = spared.notes
    assert lean == (
        "3 of these 10 labels began at the poses of round 2's student and lean to them, 2 at those of round 1's "
        "student and lean to those; validation people are labelled blind."
    )
    assert action == ACTION


def test_a_round_that_costs_more_says_so_and_chance_is_called_chance(
    sqlite_store: Store, lead: UserRecord, ids: list[int]
) -> None:
    round_of(sqlite_store, lead, ids, lambda _: RIGHT)
    round_of(sqlite_store, lead, ids, lambda _: FAR)
    accept(sqlite_store, lead, ids[:5])
    spared = told(sqlite_store)
    assert spared is not None
    assert spared.words.endswith("1's student 1.0: 17.0 more [17.0, 17.0].")
    round_of(sqlite_store, lead, ids, lambda i: FAR if i in ids[8:] else RIGHT)
    round_of(sqlite_store, lead, ids, lambda i: FAR if i in ids[7:8] else RIGHT)
    accept(sqlite_store, lead, ids[5:])
    spared = told(sqlite_store)
    assert spared is not None
    assert spared.words.endswith("3.4 fewer [-14.3, 21.1], which may be chance.")


def test_a_first_round_is_told_beside_an_empty_start_and_with_validation_people_apart(
    sqlite_store: Store, lead: UserRecord, ids: list[int], add_people: Callable[..., Any]
) -> None:
    held_out = add_persons(sqlite_store, add_people, 5, split="validation", labelled=True)
    round_of(sqlite_store, lead, ids + held_out, lambda _: RIGHT)
    accept(sqlite_store, lead, ids)
    spared = told(sqlite_store)
    assert spared is not None
    assert spared.words == (
        "From its poses the 10 people labelled since round 1 take 1.0 actions each, with every keypoint to place "
        "18.0: 17.0 fewer [17.0, 17.0]."
    )
    apart, action = spared.notes
    assert apart == (
        "The 5 validation people, whom nobody learns from: 1.0 actions each, with every keypoint to place 18.0: 17.0 "
        "fewer [17.0, 17.0]."
    )
    assert action == ACTION
    assert spared.validation is not None
    assert (spared.validation.persons, spared.validation.fewer) == (5, 17.0)


def test_a_round_whose_poses_nobody_begins_from_changed_no_start(
    sqlite_store: Store, lead: UserRecord, ids: list[int]
) -> None:
    predict(sqlite_store, ids, lambda _: RIGHT)
    round_of(sqlite_store, lead, ids, lambda _: FAR)
    spared = told(sqlite_store)
    assert spared is not None
    assert spared.words == "Annotators begin from the poses of movenet, as before round 1: it changed no start."
    assert spared.notes == []
    with sqlite_store.reading() as tx:
        began = {i: one.id for i, one in predictions.imported(tx, ids).items()}
    accept(sqlite_store, lead, ids, began=began)
    spared = told(sqlite_store)
    assert spared is not None
    would, lean, action = spared.notes
    assert spared.labelled is None
    assert would == (
        "From its poses the 10 people labelled since round 1 take 18.0 actions each, from those of movenet 1.0: 17.0 "
        "more [17.0, 17.0]."
    )
    assert lean.startswith("All these labels began at the poses of movenet and lean to them; ")
    assert action == ACTION
    use(sqlite_store, lead, "student")
    spared = told(sqlite_store)
    assert spared is not None
    assert "from those of movenet 1.0: 17.0 more" in spared.words
