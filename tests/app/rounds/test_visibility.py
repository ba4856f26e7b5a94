"""Labels teach which keypoints start as visible: as a round ends, a model is imported, people are labelled."""

from collections.abc import Callable
from typing import Any

import pytest

from app.labelling import tasks
from app.rounds import starts, visibility
from app.rounds.evidence import Source, student_source
from app.rounds.starts import choose_again, teach_again
from app.rounds.visibility import TaughtThen
from db.clock import utc_now
from db.pool.persons import get_person
from db.pool.project import get_project
from db.records import UserRecord
from db.store.session import Store
from tests.app.rounds.measured_home import accept, add_persons, predict, publish, publish_judged, score


@pytest.fixture
def lead(store: Store, add_account: Callable[..., UserRecord]) -> UserRecord:
    return add_account(store, "lea", "lead")


def near(i: int) -> float:
    return 0.5 + 0.1 * (i % 3)


def taught(store: Store) -> set[str]:
    with store.reading() as tx:
        return set(get_project(tx).starts.visibility)


def test_a_model_that_is_sure_of_nobody_starts_visible_where_people_label_visible(
    store: Store, lead: UserRecord, add_people: Callable[..., Any], now: Any
) -> None:
    """Taught by the labels when it is imported, and when a round ends, each network on its own."""
    waiting, *labelled = add_persons(store, add_people, 31)
    predict(store, [waiting, *labelled], near, confidence=0.1)
    choose_again(store)
    assert taught(store) == set(), "nobody is labelled"
    assert shown(store, lead, waiting) == {1.0}
    accept(store, lead, labelled)
    choose_again(store)
    assert taught(store) == {"imported"}
    assert shown(store, lead, waiting) == {2.0}
    publish_judged(store, score(store, lead, [waiting, *labelled], near))
    assert taught(store) == {"imported"}, "the round learned from all who are labelled, and is sure as it is"


def shown(store: Store, lead: UserRecord, person_id: int) -> set[float]:
    """The visibilities that the editor shows of a person who waits."""
    with store.reading() as tx:
        image_id = get_person(tx, person_id).image_id
    (person,) = tasks.look_at(store, lead, image_id, lease_s=120.0).persons
    return {visibility for _, _, visibility in person.start.xyv}


def test_a_home_of_pre_labels_profits_from_its_first_25_labels_and_then_from_each_quarter_more(
    store: Store, lead: UserRecord, add_people: Callable[..., Any], now: Any
) -> None:
    waiting, *others = add_persons(store, add_people, 60)
    predict(store, [waiting, *others], near, confidence=0.1)
    choose_again(store)
    taught_at = []
    for done, person_id in enumerate(others[:50], start=1):
        accept(store, lead, [person_id])
        if teach_again(store):
            taught_at.append(done)
    assert taught_at == [25, 32, 40, 50]
    assert taught(store) == {"imported"}
    assert shown(store, lead, waiting) == {2.0}
    assert not teach_again(store), "nobody was labelled since"


def test_what_held_when_is_known_for_each_network(
    store: Store, lead: UserRecord, add_people: Callable[..., Any]
) -> None:
    waiting, *labelled = add_persons(store, add_people, 31)
    assert not teach_again(store), "nobody said anything yet"
    predict(store, [waiting, *labelled], near, confidence=0.1)
    accept(store, lead, labelled)
    before = utc_now()
    assert teach_again(store)
    with store.reading() as tx:
        model, other, student = (
            TaughtThen(tx, one)
            for one in (Source("imported", None, "movenet"), Source("imported", None, "thunder"), student_source(1))
        )
        found = model.at(utc_now())
        assert found is not None and found.to_json()["whole"] == get_project(tx).starts.visibility["imported"]
        assert [one.at(moment) for one, moment in ((model, before), (other, utc_now()), (student, utc_now()))] == [
            None
        ] * 3


def test_a_students_labels_are_those_since_its_own_froze(
    store: Store, lead: UserRecord, add_people: Callable[..., Any]
) -> None:
    first, second = add_persons(store, add_people, 40), add_persons(store, add_people, 30)
    accept(store, lead, first)
    publish_judged(store, score(store, lead, first + second, near, confidence=0.1))
    accept(store, lead, second[:24])
    assert not teach_again(store)
    accept(store, lead, second[24:25])
    assert teach_again(store), "25 since, of 65 in all"
    assert taught(store) == {"student"}


def test_a_network_that_came_meanwhile_is_not_taught_by_what_was_found_of_the_one_before(
    sqlite_store: Store, lead_of_one: UserRecord, add_people: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = add_persons(sqlite_store, add_people, 31)
    predict(sqlite_store, ids, near, confidence=0.1)
    accept(sqlite_store, lead_of_one, ids)
    number = score(sqlite_store, lead_of_one, ids, near)
    found = visibility.teach

    def publish_meanwhile(*known: Any) -> Any:
        lessons = found(*known)
        publish(sqlite_store, number)
        return lessons

    monkeypatch.setattr(starts, "teach", publish_meanwhile)
    assert not teach_again(sqlite_store)
    assert taught(sqlite_store) == set()


@pytest.fixture
def lead_of_one(sqlite_store: Store, add_account: Callable[..., UserRecord]) -> UserRecord:
    return add_account(sqlite_store, "lea", "lead")
