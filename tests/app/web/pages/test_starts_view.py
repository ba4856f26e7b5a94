"""The lead's page measures again when something changed, and not at every look."""

from collections.abc import Callable
from typing import Any

import pytest

from app.rounds.starts import use
from app.web.pages import starts_view
from app.web.pages.starts_view import StartsView
from db.store.session import Store
from tests.app.rounds.measured_home import accept, add_persons, predict


def test_an_answer_holds_until_something_changes(
    sqlite_store: Store,
    add_people: Callable[..., Any],
    add_account: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    view, lead = StartsView(sqlite_store), add_account(sqlite_store, "lea", "lead")
    assert view.now() == {"starts": None}, "no project yet"
    ids = add_persons(sqlite_store, add_people, 2)
    predict(sqlite_store, ids, lambda _: 1.0)
    first = view.now()
    assert first["starts"]["words"] == "Annotators begin from the poses of movenet."
    assert view.now() is first
    accept(sqlite_store, lead, ids[:1])
    assert view.now() is first, "labels come one after the other: it is too early"
    monkeypatch.setattr(starts_view, "AGAIN_AFTER_S", 0.0)
    second = view.now()
    assert (second["starts"]["persons"], view.now() is second) == (1, True)
    monkeypatch.setattr(starts_view, "AGAIN_AFTER_S", 99.0)
    use(sqlite_store, lead, "imported")
    assert view.now()["starts"]["lead"] == "lea", "a choice is seen at once"
