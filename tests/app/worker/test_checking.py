"""The worker checks labels as people are labelled."""

import logging

import pytest

from app.worker import checking
from app.worker.checking import Checking
from db.store.session import Store, open_store
from tests.app.label_checks.checked_home import add_standing


def test_it_checks_where_something_came_and_looks_no_more_until_then(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    looks = []

    def looked(store: Store) -> object:
        looks.append(check_if_due(store))
        return looks[-1]

    check_if_due = checking.check_if_due
    monkeypatch.setattr(checking, "check_if_due", looked)
    caplog.set_level(logging.INFO)
    one = Checking(sqlite_store)
    add_standing(sqlite_store, 4)
    one.again_if_due()
    one.again_if_due()
    assert len(looks) == 1 and looks[0] is not None
    assert "4 labels were checked" in caplog.text


def test_a_store_that_is_away_ends_no_worker(caplog: pytest.LogCaptureFixture) -> None:
    nowhere = open_store("postgresql+psycopg://nobody@127.0.0.1:9/none")
    Checking(nowhere).again_if_due()
    nowhere.close()
    assert "labels are not checked for now" in caplog.text
