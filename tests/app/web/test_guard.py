"""The guard before a tiny application that tells who got through."""

import asyncio
import errno
import html
import re
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
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError
from starlette.responses import HTMLResponse, Response

from app.home.settings import Settings, read_settings
from app.web.asgi import App, Receive, Scope, Send
from app.web.guard import FindSession, Guard
from db.records import SCOPES, SessionRecord, UserRecord
from tests.app.web.serving import serving

SETTINGS = read_settings(Path("home"), {})
ORIGIN = "http://127.0.0.1"
ENDS = datetime(2030, 5, 1, tzinfo=UTC)
SESSIONS = {
    name: SessionRecord(UserRecord(number, name, role), csrf=f"token of {name}", expires_at=ENDS, seen_at=ENDS)
    for number, name, role in ((1, "ann", "annotator"), (2, "lea", "lead"))
}
TOKENS = {
    f"pl_{name}_{scope}_token_of_many_letters": replace(session, csrf="", token="nightly", scope=scope)
    for name, session in SESSIONS.items()
    for scope in SCOPES
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
    app: App = tiny_app,
    find_session: FindSession = SESSIONS.get,
) -> httpx.Response:
    """What the guard, or the application behind it, answers. `user` carries the cookie; no name, no cookie."""
    guard = Guard(app, settings=settings, find_session=find_session, find_token=TOKENS.get)
    cookie = {"cookie": f"{'__Host-' if settings.secure_cookies else ''}session={user}"} if user else {}

    async def request() -> httpx.Response:
        transport = httpx.ASGITransport(guard)
        async with httpx.AsyncClient(transport=transport) as client:
            return await client.request(method, ORIGIN + quote(path), headers={**cookie, **(headers or {})})

    return asyncio.run(request())


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_no_path_but_the_public_ones_is_open_to_nobody(path: str) -> None:
    answered = ask(f"/{path}")
    assert answered.status_code == (200 if f"/{path}" in ("/login", "/healthz", "/readyz", "/metrics") else 401)


def test_a_request_keeps_its_own_name_where_it_has_a_fitting_one() -> None:
    named = ask("/login", headers={"x-request-id": "from-the-proxy.7"})
    assert named.headers["x-request-id"] == "from-the-proxy.7"
    made = {ask("/login", headers=headers).headers["x-request-id"] for headers in ({}, {"x-request-id": "a b" * 50})}
    assert len(made) == 2 and all(re.fullmatch("[0-9a-f]{16}", name) for name in made)


@pytest.mark.parametrize("path", ["/cameras/", "/cameras/config", "/api/cameras", "/api/cameras/1/find"])
def test_the_cameras_are_the_leads(path: str) -> None:
    assert ask(path, user="ann").status_code == 403
    assert ask(path, user="lea").status_code == 200


@pytest.mark.parametrize("path", ["/sheet", "/sheet/", "/sheet/config", "/sheet/theme.css"])
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
    path = "/lead/gradio_api/run/predict"
    assert ask(path, method="POST", user="lea", headers=headers).status_code == status


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


def test_a_body_that_outgrows_the_limit_unannounced_is_refused() -> None:
    read: list[MutableMapping[str, Any]] = []
    answered: list[MutableMapping[str, Any]] = []

    async def reader(_scope: Scope, receive: Receive, send: Send) -> None:
        while not read or read[-1].get("more_body"):
            read.append(await receive())
        await Response()(_scope, receive, send)

    async def part() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"x" * 300_000, "more_body": True}

    async def note(message: MutableMapping[str, Any]) -> None:
        answered.append(message)

    headers = [(b"host", b"localhost"), (b"cookie", b"session=ann"), (b"x-csrf-token", b"token of ann")]
    scope = {"type": "http", "method": "POST", "path": "/api/accept", "headers": headers}
    asyncio.run(Guard(reader, settings=SETTINGS, find_session=SESSIONS.get, find_token=TOKENS.get)(scope, part, note))
    assert [message["type"] for message in read] == ["http.request"] * 3
    assert (answered[0]["status"], b"over 1 MB" in answered[1]["body"]) == (413, True)


def test_only_a_route_for_files_takes_large_ones() -> None:
    length = {"content-length": str(5_000_000), "x-csrf-token": "token of lea"}
    assert ask("/api/rounds", method="POST", user="lea", headers=length).status_code == 413
    assert ask("/api/prelabellings", method="POST", user="lea", headers=length).status_code == 200
    length["x-csrf-token"] = "token of ann"
    assert ask("/api/prelabellings", method="POST", user="ann", headers=length).status_code == 403
    huge = {"content-length": str(5_000_000_000)}
    assert ask("/api/prelabellings", method="POST", user="lea", headers=huge).status_code == 413


class Break(Exception):
    """Nobody foresaw it."""


def sqlite_error(kind: str) -> Exception:
    """What a real SQLite says, as SQLAlchemy hands it on."""
    asked = "SELECT x FROM nowhere" if kind == "other" else "INSERT INTO t VALUES (zeroblob(1000000))"
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x)")
        limits = {"full": "max_page_count = 2", "read-only": "query_only = 1", "other": "user_version = 1"}
        connection.exec_driver_sql(f"PRAGMA {limits[kind]}")
        with pytest.raises(OperationalError) as caught:
            connection.exec_driver_sql(asked)
    engine.dispose()
    return caught.value


def full_disk() -> OSError:
    """What a real write to a full disk says."""
    with pytest.raises(OSError) as caught, Path("/dev/full").open("wb", buffering=0) as file:
        file.write(b"x")
    return caught.value


FAILURES = [
    (Break("x"), 500, "server_error", "tell a lead: "),
    (sqlite_error("full"), 507, "disk_full", f"home folder {SETTINGS.home} is full"),
    (full_disk(), 507, "disk_full", f"home folder {SETTINGS.home} is full"),
    (OSError(errno.EDQUOT, "quota", "/elsewhere/part"), 507, "disk_full", "he disk of /elsewhere is full"),
    (sqlite_error("read-only"), 503, "read_only", f"may not write into the server's home folder {SETTINGS.home}"),
    (OSError(errno.EROFS, "read-only", str(SETTINGS.home / "models")), 503, "read_only", "right to write"),
    (OSError(errno.EACCES, "denied", str(SETTINGS.home / "images")), 503, "no_right", "read or write"),
    (sqlite_error("other"), 503, "another_store", "puts the home's own store there"),
    (OSError(errno.EMFILE, "too many files"), 503, "not_just_now", "more to do than it can"),
    (RuntimeError("can't start new thread"), 503, "not_just_now", "more to do than it can"),
    (ExceptionGroup("several", [Break(), full_disk()]), 507, "disk_full", "is full"),
]


@pytest.mark.parametrize(("error", "status", "code", "words"), FAILURES, ids=lambda value: str(value)[:30])
@pytest.mark.parametrize("where", ["behind", "in the guard's own look-up"])
def test_whatever_fails_is_answered_in_words_with_our_headers_and_logged_once(
    error: Exception, status: int, code: str, words: str, where: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def failing(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise error

    def look_up(token: str) -> SessionRecord | None:
        if where != "behind":
            raise error
        return SESSIONS.get(token)

    def asked(path: str, accept: str) -> httpx.Response:
        return ask(path, user="ann", headers={"accept": accept}, app=failing, find_session=look_up)

    said = asked("/api/next", "*/*")
    assert (said.status_code, said.json()["error"]["code"]) == (status, code)
    named = said.json()["error"]["message"]
    if where == "behind":
        assert words in named
    else:  # nobody knows who asks
        assert not any(part in named for part in (str(SETTINGS.home), "/elsewhere"))
    assert "nosniff" in said.headers["x-content-type-options"]
    assert said.headers["cache-control"] == "no-store"
    assert said.headers.get("retry-after") == (None if status == 500 else "5")
    assert len(caplog.records) == 1
    assert (caplog.records[0].exc_info is not None) == (status == 500)
    if status == 500:
        assert named.rstrip(".").rsplit(" ", 1)[1] in caplog.text

    page = asked("/", "text/html")
    assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")


def test_a_failure_in_the_middle_of_an_answer_leaves_it_torn_and_no_second_one_after_it() -> None:
    async def torn(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise Break

    with pytest.raises(AssertionError):  # httpx's: an answer that never ends
        ask("/", user="ann", app=torn)


def test_a_failure_before_anything_of_a_page_went_out_is_answered() -> None:
    async def half(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
        raise Break

    assert ask("/annotate/", user="ann", app=half).status_code == 500


@pytest.mark.parametrize("accept", ["*/*", "text/html"])
def test_a_connection_is_of_use_after_a_failure_and_closed_after_a_torn_answer(accept: str) -> None:
    async def failing(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/api/torn":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise Break

    guard = Guard(failing, settings=SETTINGS, find_session=SESSIONS.get, find_token=TOKENS.get)
    cookie = {"cookie": "session=ann", "accept": accept}
    with serving(guard) as port, httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=cookie) as client:
        streams = set()
        for _ in range(3):
            answered = client.get("/api/next")
            streams.add(id(answered.extensions["network_stream"]))
            assert answered.status_code == 500
        assert len(streams) == 1
        with pytest.raises(httpx.RemoteProtocolError):
            client.get("/api/torn")


@pytest.mark.parametrize("host", ["labels.example", "10.1.2.3", "<b>", ""])
def test_an_unknown_host_gets_a_page_that_names_the_setting(host: str) -> None:
    page = ask("/", headers={"host": f"{host}:7860", "accept": "text/html"})
    assert (page.status_code, "<b><b>" in page.text) == (400, False)
    assert f"SSPCM_ALLOWED_HOSTS=localhost,127.0.0.1,{html.escape(host) or 'NAME'}" in page.text
    told = ask("/api/next", headers={"host": host, "accept": "text/html"})
    assert (told.status_code, told.json()["error"]["code"]) == (400, "unknown_host")
    assert "SSPCM_ALLOWED_HOSTS" in told.json()["error"]["message"]
    assert re.findall(r'(?:href|src)="([^"]+)"', page.text) == ["/assets/login/login.css"]
    assert ask("/assets/login/login.css", headers={"host": host}).status_code != 400
    assert ask("/assets/login/other.css", headers={"host": host}).status_code == 400


def test_a_refusal_below_a_path_whose_files_never_change_is_not_kept() -> None:
    async def missing(scope: Scope, receive: Receive, send: Send) -> None:
        await Response(status_code=404)(scope, receive, send)

    for path in ("/annotate/assets/index.js", "/img/1/" + "0" * 64, "/assets/editor/editor.js"):
        assert ask(path, user="ann", app=missing).headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "event", ["queue/join", "queue/data", "run/predict", "heartbeat/x", "cancel", "reset", "upload"]
)
def test_a_page_without_events_has_no_routes_for_them(event: str) -> None:
    for page in ("annotate", "sheet", "cameras"):
        assert ask(f"/{page}/gradio_api/{event}", method="POST", user="lea").status_code == 404
    allowed = 200 if event == "run/predict" else 404
    assert ask(f"/lead/gradio_api/{event}", method="POST", user="lea").status_code == allowed


@pytest.mark.parametrize("name", ["a" * 256, "ü" * 128, "a/" * 600 + "a"])
def test_a_name_that_no_file_can_have_is_at_no_address(name: str) -> None:
    for folder in ("/assets/editor", "/lead/assets"):
        assert ask(f"{folder}/{name}", user="lea").status_code == 404
    assert ask(f"/assets/editor/{'a' * 250}.js", user="lea").status_code == 200


def by_token(path: str, whose: str, scope: str, method: str = "GET") -> int:
    token = f"pl_{whose}_{scope}_token_of_many_letters"
    return ask(path, method=method, headers={"authorization": f"Bearer {token}"}).status_code


@pytest.mark.parametrize(("path", "method", "opens"), [
    ("/api/next", "GET", {"ann": ("label", "lead"), "lea": ("label", "lead")}),
    ("/api/recent", "GET", {"ann": SCOPES, "lea": SCOPES}),
    ("/img/1/" + "0" * 64, "GET", {"ann": SCOPES, "lea": SCOPES}),
    ("/api/accept", "POST", {"ann": ("label", "lead"), "lea": ("label", "lead")}),
    ("/api/export", "GET", {"lea": SCOPES}),
    ("/api/team", "GET", {"lea": SCOPES}),
    ("/api/team/log/file", "GET", {"lea": SCOPES}),
    ("/api/rounds", "POST", {"lea": ("lead",)}),
    ("/api/team", "POST", {}),
    ("/api/team/1", "POST", {}),
    ("/api/account", "GET", {}),
    ("/api/account/tokens", "POST", {}),
    ("/annotate/", "GET", {}),
    ("/lead/gradio_api/run/predict", "POST", {}),
    ("/logout", "POST", {}),
])  # fmt: skip
def test_a_token_opens_what_its_scope_and_its_owner_may(
    path: str, method: str, opens: dict[str, tuple[str, ...]]
) -> None:
    found = {(who, scope): by_token(path, who, scope, method) for who in SESSIONS for scope in SCOPES}
    assert found == {(who, scope): 200 if scope in opens.get(who, ()) else 403 for who in SESSIONS for scope in SCOPES}


def test_a_token_needs_no_csrf_token_and_no_cookie_beside_it_counts() -> None:
    lead = {"authorization": "Bearer pl_lea_lead_token_of_many_letters"}
    assert ask("/api/rounds", method="POST", headers=lead).status_code == 200
    for wrong in ("Bearer pl_nobodys_token_of_many_letters", "Bearer", "bearer lea", "Bearer pl_lea"):
        answer = ask("/api/rounds", user="lea", headers={"authorization": wrong})
        assert answer.status_code == 401 and answer.json()["error"]["code"] == "no_such_token"
        assert answer.headers["www-authenticate"] == "Bearer"
    by_proxy = {"authorization": "Basic bGVhOngK"}
    assert ask("/api/rounds", user="lea", headers=by_proxy).status_code == 200


def test_what_a_scope_does_not_cover_is_said_with_the_tokens_name() -> None:
    read = {"authorization": "Bearer pl_ann_read_token_of_many_letters"}
    error = ask("/api/accept", method="POST", headers=read).json()["error"]
    assert error["code"] == "scope" and "'nightly' has the scope 'read'" in error["message"]
