"""Who a request comes from, and when they were last heard of."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from app.web import guests
from app.web.guests import Guests
from db.clock import utc_now
from db.errors import StoreBusy
from db.people import sessions, tokens
from db.store.session import Store

HOUR = timedelta(hours=1)


def later(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    at = utc_now() + by
    monkeypatch.setattr(guests, "utc_now", lambda: at)


def test_a_browser_in_use_stays_and_an_idle_one_goes(
    store: Store, add_account: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Guests(store, idle=HOUR)
    ann = add_account(store, "ann")
    with store.transaction() as tx:
        token, _ = sessions.open_session(tx, ann, now=utc_now(), hours=12)
    for minutes in (50, 100, 150):
        later(monkeypatch, timedelta(minutes=minutes))
        guest = found.by_cookie(token)
        found.settle()
        assert guest is not None and guest.user == ann
    later(monkeypatch, timedelta(minutes=211))
    assert found.by_cookie(token) is None


def test_a_token_is_found_and_its_use_noted(store: Store, add_account: Callable[..., Any]) -> None:
    found = Guests(store, idle=HOUR)
    ann = add_account(store, "ann")
    with store.transaction() as tx:
        token, _ = tokens.make_token(tx, ann, "script", "read", now=utc_now() - timedelta(days=3))
    first = found.by_token(token)
    found.settle()
    second = found.by_token(token)
    found.settle()
    assert first is not None and second is not None and (first.is_unused, second.is_unused) == (True, False)
    assert second.seen_at > utc_now() - timedelta(minutes=1)
    assert found.by_token(token + "x") is None


@pytest.mark.parametrize(
    "fails", [StoreBusy("many write"), OperationalError("UPDATE", {}, Exception("full")), OSError(28)]
)
def test_whoever_asks_is_answered_though_it_cannot_be_noted(
    store: Store, add_account: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, fails: Exception
) -> None:
    ann = add_account(store, "ann")
    with store.transaction() as tx:
        token, _ = sessions.open_session(tx, ann, now=utc_now(), hours=12)

    def fail(*_: Any, **__: Any) -> None:
        raise fails

    later(monkeypatch, timedelta(minutes=5))
    monkeypatch.setattr(sessions, "note_seen", fail)
    found = Guests(store, idle=HOUR)
    assert found.by_cookie(token) is not None
    found.settle()
    assert found.by_cookie(token) is not None
    found.settle()


def test_no_request_waits_for_the_stores_writers(
    store: Store, add_account: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = add_account(store, "ann")
    with store.transaction() as tx:
        token, _ = sessions.open_session(tx, ann, now=utc_now(), hours=12)
    later(monkeypatch, timedelta(minutes=5))
    written = threading.Event()
    monkeypatch.setattr(sessions, "note_seen", lambda *_, **__: written.wait(30))
    found = Guests(store, idle=HOUR)
    for _ in range(20):  # a page's many requests, while the first note waits
        assert found.by_cookie(token) is not None
    assert not written.is_set()
    written.set()
    found.settle()
