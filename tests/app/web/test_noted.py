"""What leads change by a request gets a line in the audit log."""

import asyncio
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import Request
from fastapi.routing import APIRoute

from app.home.settings import read_settings
from app.web.asgi import Message, Receive, Scope, Send
from app.web.entrance import entrance_routes
from app.web.noted import NOT_NOTED, NOTED, Noted, say_more, what_is_noted
from app.web.opened import OpenHome
from app.web.server import ROUTES
from db.clock import utc_now
from db.people import audit
from db.records import SessionRecord
from db.store.session import Store


def below(routes: Any) -> Iterator[APIRoute]:
    """Routers within routers too."""
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        yield from below(getattr(getattr(route, "original_router", None), "routes", ()))


def unsafe_paths(home: OpenHome) -> Iterator[str]:
    """Ours; Gradio's own are in NOT_NOTED as a whole."""
    for routes in (*(routes(home) for routes in ROUTES), entrance_routes(home.store, home.settings)):
        for route in below(routes.routes):
            if route.methods - {"GET", "HEAD"}:
                yield re.sub(r"\{[^}]*\}", "1", route.path)


def test_each_unsafe_route_is_noted_or_says_why_it_is_not(sqlite_store: Store, tmp_path: Path) -> None:
    """A route that is added later is not forgotten."""
    paths = set(unsafe_paths(OpenHome.of(read_settings(tmp_path, {}), sqlite_store)))
    assert {"/api/accept", "/api/rounds", "/login/link"} <= paths
    for path in paths:
        ways = [pattern for pattern in (*NOTED, *NOT_NOTED) if re.fullmatch(pattern, path)]
        assert len(ways) == 1, path
    for pattern in NOTED:
        assert any(re.fullmatch(pattern, path) for path in paths), pattern


def ask(
    store: Store, session: SessionRecord, path: str, *, status: int = 200, method: str = "POST", **does: str
) -> list[Message]:
    answered: list[Message] = []

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        if does:
            say_more(Request(scope), **does)
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        answered.append(message)

    scope = {"type": "http", "method": method, "path": path, "headers": [], "state": {"session": session}}
    asyncio.run(Noted(app, store=store)(scope, receive, send))
    return answered


@pytest.fixture
def lea(store: Store, add_account: Callable[..., Any]) -> SessionRecord:
    return SessionRecord(add_account(store, "lea", "lead"), "csrf", utc_now(), utc_now())


def test_what_was_done_is_noted_and_what_was_refused_or_only_looked_at_is_not(store: Store, lea: SessionRecord) -> None:
    ask(store, lea, "/api/rounds/7/story", do="delete")
    ask(store, lea, "/api/rounds/8/story", status=409)
    ask(store, lea, "/api/rounds/9/story", method="GET")
    ask(store, lea, "/api/accept")
    with store.reading() as tx:
        (entry,) = audit.read(tx)
    assert (entry.actor, entry.via, entry.action, entry.about) == ("lea", "page", "round changed", "7")
    assert entry.details == {"do": "delete"}  # so that it can be told from a promotion


def test_what_may_be_done_in_part_is_noted_as_failed(store: Store, lea: SessionRecord) -> None:
    ask(store, lea, "/api/labels", status=503)
    with store.reading() as tx:
        (entry,) = audit.read(tx)
    assert (entry.action, entry.details) == ("labels imported", {"failed": 503})


def test_a_log_that_cannot_be_written_turns_nothing_done_into_a_failure(
    store: Store, lea: SessionRecord, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(audit, "note", broken)
    with caplog.at_level(logging.ERROR):
        assert ask(store, lea, "/api/rounds")[0]["status"] == 200
    assert "'round launched'  by lea is done" in caplog.text


def test_what_a_path_is_called() -> None:
    assert what_is_noted("/api/cameras/12/lens") == ("lens set", "12")
    assert what_is_noted("/api/validation") == ("validation people kept", "")
    assert what_is_noted("/api/accept") is None
