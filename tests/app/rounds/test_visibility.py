"""The home's labels teach which keypoints start as visible, once a round ends or a model is imported."""

from collections.abc import Callable
from typing import Any

import pytest

from app.labelling import tasks
from app.rounds.starts import choose_again
from db.pool.persons import get_person
from db.pool.project import get_project
from db.records import UserRecord
from db.store.session import Store
from tests.app.rounds.measured_home import accept, add_persons, predict, publish_judged, score


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
