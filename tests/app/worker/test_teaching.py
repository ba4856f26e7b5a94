"""The worker looks after what labels teach, as people are labelled."""

import logging
from collections.abc import Callable
from typing import Any

import pytest

from app.rounds import starts
from app.worker import teaching
from app.worker.teaching import Teaching
from db.pool.project import get_project
from db.records import UserRecord
from db.store.session import Store, open_store
from tests.app.rounds.measured_home import accept, add_persons, predict
from tests.app.worker.place import Place
from tests.waiting import until


def test_it_teaches_once_there_are_enough_labels_and_looks_only_where_something_came(
    sqlite_store: Store,
    add_account: Callable[..., UserRecord],
    add_people: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    looks = []

    def looked(store: Store) -> bool:
        looks.append(starts.teach_again(store))
        return looks[-1]

    monkeypatch.setattr(teaching, "teach_again", looked)
    caplog.set_level(logging.INFO)
    lead, one = add_account(sqlite_store, "lea", "lead"), Teaching(sqlite_store)
    ids = add_persons(sqlite_store, add_people, 31)
    predict(sqlite_store, ids, lambda i: 0.5 + 0.1 * (i % 3), confidence=0.1)
    for _ in range(3):
        one.again_if_due()
    assert looks == [False]
    accept(sqlite_store, lead, ids)
    one.again_if_due()
    one.again_if_due()
    assert looks == [False, True]
    assert "labels taught anew" in caplog.text


def test_a_store_that_is_away_ends_no_worker(caplog: pytest.LogCaptureFixture) -> None:
    nowhere = open_store("postgresql+psycopg://nobody@127.0.0.1:9/none")
    Teaching(nowhere).again_if_due()
    nowhere.close()
    assert "labels teach nothing new for now" in caplog.text


def test_a_worker_that_runs_does_it(place: Place, add_people: Callable[..., Any]) -> None:
    ids = add_persons(place.store, add_people, 31)
    predict(place.store, ids, lambda i: 0.5 + 0.1 * (i % 3), confidence=0.1)
    accept(place.store, place.lead, ids)
    place.start_worker()

    def is_taught() -> bool:
        with place.store.reading() as tx:
            return "imported" in get_project(tx).starts.visibility

    until(is_taught)
