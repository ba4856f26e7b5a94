"""What follows labels: done where something came, kept for the next time where it failed."""

import logging
from collections.abc import Callable
from typing import Any

import pytest

from app.worker.following import Following
from db.store.session import Store, open_store


class Counting(Following):
    """Counts; the first time the disk is full."""

    meanwhile = "nothing is counted"
    times = 0

    def _again(self) -> None:
        self.times += 1
        if self.times == 1:
            raise OSError(28, "No space left on device")


def test_what_failed_is_done_the_next_time_and_then_only_where_something_came(
    sqlite_store: Store, add_people: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    one = Counting(sqlite_store)
    add_people(sqlite_store, labelled=True)
    for _ in range(4):
        one.again_if_due()
    assert one.times == 2 and "nothing is counted for now" in caplog.text
    add_people(sqlite_store, labelled=True)
    for _ in range(2):
        one.again_if_due()
    assert one.times == 3


def test_a_store_that_is_away_ends_no_worker(caplog: pytest.LogCaptureFixture) -> None:
    nowhere = open_store("postgresql+psycopg://nobody@127.0.0.1:9/none")
    Counting(nowhere).again_if_due()
    nowhere.close()
    assert "nothing is counted for now" in caplog.text
