"""The guard before a tiny application that tells who got through."""

import asyncio
from collections.abc import Mapping, MutableMapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import HTMLResponse, Response

from app.guard import Guard, Receive, Scope, Send
from app.settings import Settings, read_settings
from db.records import SessionRecord, UserRecord

SETTINGS = read_settings(Path("home"), {})
ORIGIN = "http://127.0.0.1"
ENDS = datetime(2030, 5, 1, tzinfo=UTC)
SESSIONS = {
    name: SessionRecord(UserRecord(number, name, role), csrf=f"token of {name}", expires_at=ENDS)
    for number, name, role in ((1, "ann", "annotator"), (2, "lea", "lead"))
}
PAGE = "<html><script>one()</script><script type='module'>two()</script></html>"


async def tiny_app(scope: Scope, receive: Receive, send: Send) -> None:
    """A page with two inline scripts, whatever is asked."""
    await HTMLResponse(PAGE)(scope, receive, send)


def ask(
    path: str,
    *,
    method: str = "GET",
    user: str = "",
    headers: Mapping[str, str] | None = None,
    settings: Settings = SETTINGS,
) -> httpx.Response:
    """What the guard, or the application behind it, answers. `user` carries the cookie; no name, no cookie."""
    guard = Guard(tiny_app, settings=settings, find_session=SESSIONS.get)
    cookie = {"cookie": f"{'__Host-' if settings.secure_cookies else ''}session={user}"} if user else {}

    async def request() -> httpx.Response:
        transport = httpx.ASGITransport(guard)
        async with httpx.AsyncClient(transport=transport) as client:
            return await client.request(method, ORIGIN + quote(path), headers={**cookie, **(headers or {})})

    return asyncio.run(request())


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_no_path_but_the_public_ones_is_open_to_nobody(path: str) -> None:
    answered = ask(f"/{path}")
    assert answered.status_code == (200 if f"/{path}" in ("/login", "/healthz") else 401)


@pytest.mark.parametrize("path", ["/cameras/", "/cameras/config", "/api/cameras", "/api/cameras/1/find"])
def test_the_cameras_are_the_leads(path: str) -> None:
    assert ask(path, user="ann").status_code == 403
    assert ask(path, user="lea").status_code == 200


@pytest.mark.parametrize("path", ["/sheet", "/sheet/", "/sheet/config", "/sheet/gradio_api/queue/join"])
def test_the_contact_sheet_is_for_everybody_who_is_signed_in(path: str) -> None:
    assert ask(path).status_code == 401
    assert (ask(path, user="ann").status_code, ask(path, user="lea").status_code) == (200, 200)


@pytest.mark.parametrize("path", ["/lead", "/lead/", "/lead/config", "/api/rounds", "/api/rounds/1", "/api/export"])
def test_the_leads_paths_are_the_leads(path: str) -> None:
    assert ask(path, user="ann").status_code == 403
    assert ask(path, user="lea").status_code == 200


def test_thumbs_are_for_the_signed_in_and_kept_by_their_browser() -> None:
    path = "/thumb/17/0123456789abcdef.jpg"
    assert ask(path).status_code == 401
    assert ask("/thumb/17/../store.db", user="ann").status_code == 404
    for user in SESSIONS:
        answered = ask(path, user=user)
        assert (answered.status_code, answered.headers.get("cache-control")) == (200, None)  # as the route says


@pytest.mark.parametrize("path", ["//lead/", "/lead//", "/LEAD/", "/lead/\nconfig", "/annotate/../lead/x", "/lead;x/"])
def test_no_other_spelling_leads_an_annotator_to_the_leads_page(path: str) -> None:
    assert ask(path, user="ann").status_code in (403, 404)


@pytest.mark.parametrize("path", ["/api/accept", "/api/not-a-person", "/logout"])
def test_our_unsafe_routes_want_the_sessions_own_token(path: str) -> None:
    def status(**headers: str) -> int:
        return ask(path, method="POST", user="ann", headers=headers).status_code

    assert status() == status(**{"x-csrf-token": "token of lea"}) == 403
    assert status(**{"x-csrf-token": "token of ann"}) == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"origin": "http://127.0.0.1"}, 200),
        ({"origin": "http://127.0.0.1:81"}, 403),
        ({"origin": "null"}, 403),
        ({"host": "evil.example"}, 400),
        ({"host": "LOCALHOST:7860"}, 200),
    ],
)
def test_unsafe_requests_come_from_our_own_pages(headers: Mapping[str, str], status: int) -> None:
    path = "/annotate/gradio_api/queue/join"
    assert ask(path, method="POST", user="ann", headers=headers).status_code == status


def test_behind_tls_only_the_cookie_bound_to_the_host_counts() -> None:
    secure = replace(SETTINGS, secure_cookies=True)
    assert ask("/", user="ann", settings=secure).status_code == 200
    assert ask("/", headers={"cookie": "session=ann"}, settings=secure).status_code == 401


def test_a_page_gets_a_fresh_nonce_on_each_script_and_the_right_length() -> None:
    first, second = ask("/annotate/", user="ann"), ask("/annotate/", user="ann")
    nonce = first.headers["content-security-policy"].split("'nonce-")[1].split("'")[0]
    assert first.text == PAGE.replace("<script", f'<script nonce="{nonce}"')
    assert int(first.headers["content-length"]) == len(first.content)
    assert nonce not in second.text


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/annotate/assets/index-a1b2.js", "private, max-age=31536000, immutable"),
        ("/assets/editor/editor.js", "no-cache"),
        ("/api/session", "no-store"),
    ],
)
def test_only_what_never_changes_is_kept(path: str, kept: str) -> None:
    assert ask(path, user="ann").headers["cache-control"] == kept


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"origin": "http://[bad"}, 403), ({"x-csrf-token": b"\xe9"}, 403), ({"content-length": "1000001"}, 413)],
)
def test_headers_that_make_no_sense_are_refused(headers: Mapping[str, str], status: int) -> None:
    assert ask("/api/accept", method="POST", user="ann", headers=headers).status_code == status


def test_a_body_that_outgrows_the_limit_unannounced_ends() -> None:
    read: list[MutableMapping[str, Any]] = []

    async def reader(_scope: Scope, receive: Receive, send: Send) -> None:
        while not read or read[-1].get("more_body"):
            read.append(await receive())
        await Response()(_scope, receive, send)

    async def part() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"x" * 300_000, "more_body": True}

    async def nowhere(_message: MutableMapping[str, Any]) -> None:
        return

    headers = [(b"host", b"localhost"), (b"cookie", b"session=ann"), (b"x-csrf-token", b"token of ann")]
    scope = {"type": "http", "method": "POST", "path": "/api/accept", "headers": headers}
    asyncio.run(Guard(reader, settings=SETTINGS, find_session=SESSIONS.get)(scope, part, nowhere))
    assert [message["type"] for message in read] == ["http.request"] * 3 + ["http.disconnect"]


def test_only_a_route_for_files_takes_large_ones() -> None:
    length = {"content-length": str(5_000_000), "x-csrf-token": "token of lea"}
    assert ask("/api/rounds", method="POST", user="lea", headers=length).status_code == 413
    assert ask("/api/prelabellings", method="POST", user="lea", headers=length).status_code == 200
    length["x-csrf-token"] = "token of ann"
    assert ask("/api/prelabellings", method="POST", user="ann", headers=length).status_code == 403
    huge = {"content-length": str(5_000_000_000)}
    assert ask("/api/prelabellings", method="POST", user="lea", headers=huge).status_code == 413
