"""The worker decides again, and orders again, as people are labelled."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.home.settings import Settings
from app.worker import deciding
from app.worker.deciding import Deciding
from db.pool.project import get_project
from db.store.session import Store, open_store
from tests.app.rounds.measured_home import accept, add_persons, predict, publish_judged, score
from tests.app.worker.place import Place
from tests.waiting import until


def test_a_worker_that_runs_takes_a_student_into_use_once_labels_prove_it_better(
    place: Place, add_people: Callable[..., Any]
) -> None:
    add_persons(place.store, add_people, 1, labelled=True)
    ids = add_persons(place.store, add_people, 25, split="validation")
    predict(place.store, ids, lambda i: 4.0 + 0.1 * (i % 3))
    publish_judged(place.store, score(place.store, place.lead, ids, lambda i: 0.5 + 0.1 * (i % 3)))
    place.start_worker()
    accept(place.store, place.lead, ids)

    def has_changed() -> bool:
        with place.store.reading() as tx:
            starts = get_project(tx).starts
        return (starts.source, starts.ordered_by) == ("student", "student")

    until(has_changed)


def test_it_looks_only_where_something_came(
    sqlite_store: Store,
    sqlite_url: str,
    tmp_path: Path,
    add_people: Callable[..., Any],
    add_account: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks: list[Store] = []
    monkeypatch.setattr(deciding, "decide_again", lambda store: bool(looks.append(store)))
    one = Deciding(sqlite_store, Settings(tmp_path, sqlite_url))
    one.again_if_due()
    assert not looks, "there is no project yet"
    ids, ann = add_persons(sqlite_store, add_people, 2), add_account(sqlite_store)
    for _ in range(3):
        one.again_if_due()
    accept(sqlite_store, ann, ids[:1])
    for _ in range(3):
        one.again_if_due()
    assert len(looks) == 2


def test_a_store_that_is_away_ends_no_worker(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    url = "postgresql+psycopg://nobody@127.0.0.1:9/none"
    nowhere = open_store(url)
    Deciding(nowhere, Settings(tmp_path, url)).again_if_due()
    nowhere.close()
    assert "nothing is decided or ordered anew" in caplog.text
