"""Two rounds are measured on the same people, and which is better is said only where that is sure."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from app.rounds.comparing import Beside, beside, known, same_people
from app.rounds.evidence import gather, student_source
from db.pool.persons import list_persons
from db.records import UserRecord
from db.rounds import predictions, rounds
from db.store.session import Store
from sspcm.pose import Prediction
from tests.app.rounds.measured_home import POSE, Place, accept, add_persons, publish, score

People = Callable[..., Any]


@pytest.fixture
def lead(sqlite_store: Store, add_account: Callable[..., UserRecord], add_people: People) -> UserRecord:
    return add_account(sqlite_store, "lea", "lead")


def two_rounds(store: Store, lead: UserRecord, ids: list[int], first: Place, second: Place) -> Beside:
    for place in (first, second):
        publish(store, score(store, lead, ids, place))
    with store.reading() as tx:
        return beside(tx, 1, 2)


@pytest.mark.parametrize(
    ("first", "second", "wins"),
    [
        (lambda i: 6.0 + i % 3, lambda i: 2.0 + i % 3, 1),
        (lambda i: 2.0 + i % 3, lambda i: 6.0 + i % 3, 0),
        (lambda i: 2.0 + 4 * (i % 2), lambda i: 6.0 - 4 * (i % 2), None),
    ],
)
def test_the_better_student_wins_and_a_difference_that_may_be_chance_is_undecided(
    sqlite_store: Store, lead: UserRecord, add_people: People, first: Place, second: Place, wins: int | None
) -> None:
    ids = add_persons(sqlite_store, add_people, 30, split="validation", labelled=True)
    found = two_rounds(sqlite_store, lead, ids, first, second)
    assert found.wins == wins
    assert (found.higher.persons, found.images) == (30, 30)
    assert found.higher.mean == pytest.approx(found.second.mean - found.first.mean)
    assert (found.higher.low <= 0 <= found.higher.high) is (wins is None)
    with sqlite_store.reading() as tx:
        measured = gather(tx, [student_source(1), student_source(2)]).figures()
    assert measured.means[student_source(1)].low == pytest.approx(found.first.low), "as it is measured elsewhere"
    assert measured.means[student_source(2)].mean == pytest.approx(found.second.mean)


def test_too_few_people_are_never_sure(sqlite_store: Store, lead: UserRecord, add_people: People) -> None:
    ids = add_persons(sqlite_store, add_people, 19, split="validation", labelled=True)
    found = two_rounds(sqlite_store, lead, ids, lambda _: 30.0, lambda _: 1.0)
    assert found.higher.low > 0.5 and found.wins is None


def test_only_people_whom_both_predicted_and_who_are_labelled_by_now_count(
    sqlite_store: Store, lead: UserRecord, add_people: People
) -> None:
    labelled = add_persons(sqlite_store, add_people, 4, split="validation", labelled=True)
    waiting = add_persons(sqlite_store, add_people, 2, split="validation")
    in_the_pool = add_persons(sqlite_store, add_people, 3, labelled=True)
    publish(sqlite_store, score(sqlite_store, lead, labelled[:3] + waiting + in_the_pool, lambda _: 1.0))
    publish(sqlite_store, score(sqlite_store, lead, labelled[1:] + waiting + in_the_pool, lambda _: 1.0))
    with sqlite_store.reading() as tx:
        assert {one.id for one in same_people(tx, 1, 2).people} == set(labelled[1:3])
    accept(sqlite_store, lead, waiting[:1])
    with sqlite_store.reading() as tx:
        assert {one.id for one in same_people(tx, 1, 2).people} == {*labelled[1:3], waiting[0]}


def test_the_keypoint_that_changed_most_comes_first_and_no_other_changed(
    sqlite_store: Store, lead: UserRecord, add_people: People
) -> None:
    add_persons(sqlite_store, add_people, 10, split="validation", labelled=True)
    with sqlite_store.reading() as tx:
        ids = [person.id for person in list_persons(tx)]
    for off in (40.0, 0.0):
        number = score(sqlite_store, lead, [], lambda _: 0.0)
        xy = POSE + 2.0
        xy[9] += off
        with sqlite_store.transaction() as tx:
            found = [(i, Prediction(np.column_stack([xy, np.full(17, 0.9)]), "C")) for i in ids]
            predictions.add_predictions(tx, rounds.get(tx, number).id, found)
        publish(sqlite_store, number)
    with sqlite_store.reading() as tx:
        first, *others = beside(tx, 1, 2).keypoints
    assert first.name == "left_wrist" and first.second > 0.5 > 0.01 > first.first
    assert first.higher.mean == pytest.approx(first.second - first.first)
    assert len(others) == 16 and all(one.higher.mean == 0 for one in others)


def test_without_people_every_figure_is_unknown(sqlite_store: Store, lead: UserRecord, add_people: People) -> None:
    ids = add_persons(sqlite_store, add_people, 2)
    found = two_rounds(sqlite_store, lead, ids, lambda _: 1.0, lambda _: 1.0)
    assert (found.higher.persons, found.images, found.keypoints, found.wins) == (0, 0, [], None)
    assert np.isnan([found.first.mean, found.second.mean, found.higher.mean, *found.ap]).all()
    assert known(found.first.mean) is None
