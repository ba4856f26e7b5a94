"""A check leaves what looks wrong in the store, and is due when it could say something new."""

from collections.abc import Callable

import pytest

from app.label_checks import checking
from app.label_checks.checking import check_if_due, check_labels
from db.labelling import findings
from db.pool.persons import list_persons
from db.records import FindingRecord, UserRecord
from db.store.session import Store
from tests.app.label_checks.checked_home import add_standing, exchange_knees, predict


@pytest.fixture
def lea(sqlite_store: Store, add_account: Callable[..., UserRecord]) -> UserRecord:
    return add_account(sqlite_store, "lea", "lead")


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Less is learned from fewer errors; what is tried is plain enough."""
    monkeypatch.setattr("sspcm.label_checks.fitting.MOST_TIMES", 10)


def suspected(store: Store) -> list[FindingRecord]:
    with store.reading() as tx:
        return findings.current(tx)


def test_exchanged_knees_are_found_once_and_gone_with_a_correction(sqlite_store: Store, lea: UserRecord) -> None:
    people, known = add_standing(sqlite_store, 70)
    predict(sqlite_store, people, known)
    exchange_knees(sqlite_store, lea, known[0])
    done = check_labels(sqlite_store, asked_by="lea")
    assert (done.people, done.predicted, done.asked_by) == (70, 70, "lea")
    worst = suspected(sqlite_store)[0]
    assert (worst.person_id, worst.kind, worst.words) == (
        known[0].id,
        "inversion",
        "left and right knee seem exchanged",
    )
    assert worst.beside == "imported model" and worst.revision == 2
    with sqlite_store.reading() as tx:
        (again,) = [one for one in list_persons(tx) if one.id == known[0].id]
    exchange_knees(sqlite_store, lea, again)
    assert known[0].id not in {one.person_id for one in suspected(sqlite_store)}


def test_a_check_is_due_with_the_first_labels_with_many_more_and_with_new_predictions(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "check", lambda people: [])
    assert check_if_due(sqlite_store) is None, "there is no project"
    people, known = add_standing(sqlite_store, 30)
    first = check_if_due(sqlite_store)
    assert first is not None and (first.people, first.predicted, first.found) == (30, 0, 0)
    assert check_if_due(sqlite_store) is None
    predict(sqlite_store, people, known)
    second = check_if_due(sqlite_store)
    assert second is not None and second.predicted == 30
    add_standing(sqlite_store, 10, seed=2)
    assert check_if_due(sqlite_store) is None, "ten labels more are few"
    add_standing(sqlite_store, 10, seed=3)
    third = check_if_due(sqlite_store)
    assert third is not None and third.people == 50
