"""Signing in over real HTTP: who guesses waits, whom they guess at does not."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.home.settings import read_settings
from app.web.entrance import entrance_routes
from app.web.guard import Guard
from app.web.guests import Guests
from app.web.known_browsers import server_secret
from app.web.login_budget import BY_NAME_AND_ADDRESS
from db.clock import utc_now
from db.people import links, users
from db.store.session import Store
from tests.app.web.serving import serving

PASSWORD = "correct horse"


@dataclass(frozen=True)
class Door:
    """A server that signs people in, and nothing else."""

    url: str

    def browser(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=60)


@pytest.fixture
def door(sqlite_store: Store, tmp_path: Path, add_account: Callable[..., Any]) -> Iterator[Door]:
    for name in ("ann", "bob"):
        add_account(sqlite_store, name)
    settings = read_settings(tmp_path, {})

    guests = Guests(sqlite_store, timedelta(hours=settings.idle_hours))
    app = FastAPI()
    app.include_router(entrance_routes(sqlite_store, settings))
    guard = Guard(app, settings=settings, find_session=guests.by_cookie, find_token=guests.by_token)
    with serving(guard) as port:
        yield Door(f"http://127.0.0.1:{port}")


def sign_in(browser: httpx.Client, name: str = "ann", password: str = PASSWORD, **more: Any) -> int:
    return browser.post("/login", data={"name": name, "password": password}, **more).status_code


def test_the_sixth_guess_waits_with_words_and_so_does_a_stranger_at_the_same_address(door: Door) -> None:
    with door.browser() as mallory, door.browser() as stranger:
        assert [sign_in(mallory, "Ann", "guess") for _ in range(5)] == [401] * 5
        refused = mallory.post("/login", data={"name": " ann", "password": "guess"})
        assert (refused.status_code, 1 <= int(refused.headers["retry-after"]) <= 12) == (429, True)
        assert "Too many passwords were wrong, or are tried at once, from here. Wait" in refused.text
        assert sign_in(stranger) == 429
        assert sign_in(stranger, "bob") == 303


def test_a_browser_that_signed_in_before_gets_in_while_others_guess_from_its_address(door: Door) -> None:
    with door.browser() as hers, door.browser() as mallory:
        assert sign_in(hers) == 303
        assert hers.post("/logout").status_code in (303, 403)
        del hers.cookies["session"]
        for _ in range(20):
            sign_in(mallory, "ann", "guess")
        assert sign_in(mallory, "ann", "guess") == 429
        began = time.monotonic()
        assert sign_in(hers) == 303
        assert time.monotonic() - began < 5


def test_her_cookie_opens_nothing_by_itself_and_is_worth_nothing_for_another_name(door: Door) -> None:
    with door.browser() as hers:
        assert sign_in(hers) == 303
        del hers.cookies["session"]
        assert hers.cookies
        assert hers.get("/api/session").status_code == 401
        assert [sign_in(hers, "bob", "guess") for _ in range(6)] == [401] * 5 + [429]


def test_a_header_makes_no_new_address(door: Door) -> None:
    with door.browser() as mallory:
        said = [sign_in(mallory, "ann", "guess", headers={"X-Forwarded-For": f"9.9.9.{n}"}) for n in range(12)]
    assert said == [401] * BY_NAME_AND_ADDRESS.burst + [429] * (12 - BY_NAME_AND_ADDRESS.burst)


def test_many_names_in_a_row_are_refused_too(door: Door) -> None:
    with door.browser() as mallory:
        said = [sign_in(mallory, f"name {number}", "guess") for number in range(75)]
    assert said[:60] == [401] * 60
    assert said.count(429) >= 5


def test_ninety_who_come_at_once_get_in_or_hear_when_to_come_again(door: Door) -> None:
    lines = threading.Barrier(90)

    def come(_number: int) -> tuple[int, str | None]:
        with door.browser() as browser:
            lines.wait()
            said = browser.post("/login", data={"name": "ann", "password": PASSWORD})
            return said.status_code, said.headers.get("retry-after")

    with ThreadPoolExecutor(90) as pool:
        said = list(pool.map(come, range(90)))
    assert {status for status, _ in said} <= {303, 429, 503}
    assert all(after is not None for status, after in said if status != 303)
    assert any(status == 303 for status, _ in said)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"name=%ff%fe&password=%00",
        b"name=" + b"n" * 900_000 + b"&password=x",
        "name=ﬃ\u202e&password=\ud7ff".encode(),
        b"&&&=&name",
        b"name=ann&name=bob&password=x",
    ],
)
def test_what_is_no_name_is_a_wrong_one(door: Door, content: bytes) -> None:
    with door.browser() as browser:
        said = browser.post("/login", content=content, headers={"content-type": "application/x-www-form-urlencoded"})
        assert said.status_code == 401
        assert "do not belong together" in said.text


@pytest.mark.parametrize(
    ("kind", "content"),
    [("multipart/form-data", b"x"), ("multipart/form-data; boundary=x", b"--x\r\n\r\n"), ("application/json", b"{")],
)
def test_a_form_that_is_none_is_refused_in_words(door: Door, kind: str, content: bytes) -> None:
    with door.browser() as browser:
        said = browser.post("/login", content=content, headers={"content-type": kind})
        assert said.status_code in (400, 401, 422)
        assert "content-security-policy" in said.headers


def test_a_session_cookie_of_any_bytes_is_nobodys(door: Door) -> None:
    for value in (b"\xff\xfe", b'"', b"=;=", b"a" * 10_000, "ä€".encode()):
        with door.browser() as browser:
            assert browser.get("/api/session", headers={b"cookie": b"session=" + value}).status_code == 401


def test_heads_and_other_methods_are_answered(door: Door) -> None:
    with door.browser() as browser:
        head = browser.head("/login")
        assert (head.status_code, head.content, "content-security-policy" in head.headers) == (200, b"", True)
        for method in ("OPTIONS", "PUT", "TRACE", "PROPFIND"):
            assert browser.request(method, "/login").status_code == 405


def test_the_secret_outlives_the_server(door: Door, tmp_path: Path) -> None:
    assert server_secret(tmp_path) == server_secret(tmp_path)


def test_a_disabled_account_is_told_so_to_those_who_know_its_password(
    door: Door, sqlite_store: Store, add_account: Callable[..., Any]
) -> None:
    add_account(sqlite_store, "lea", "lead")
    with door.browser() as browser:
        assert sign_in(browser) == 303 and browser.get("/api/session").status_code != 401
        with sqlite_store.transaction() as tx:
            users.disable(tx, users.find_user(tx, "ann").id)
        assert browser.get("/api/session").status_code == 401  # signed out at once
        refused = browser.post("/login", data={"name": "ann", "password": PASSWORD})
        assert refused.status_code == 403 and "The account &#x27;ann&#x27; is disabled. Ask a lead" in refused.text
        assert sign_in(browser, password="wrong horse") == 401


def test_a_link_lets_its_person_choose_a_password_and_in(door: Door, sqlite_store: Store) -> None:
    with sqlite_store.transaction() as tx:
        key = links.make_link(tx, users.add_user(tx, "new", "annotator", None), now=utc_now())
    with door.browser() as browser:
        assert "Choose your password" in browser.get("/login/link").text
        short = browser.post("/login/link", data={"key": key, "password": "short"})
        assert short.status_code == 422 and "The password has 5 characters" in short.text and key in short.text
        chosen = browser.post("/login/link", data={"key": key, "password": "battery staple"})
        assert (chosen.status_code, chosen.headers["location"]) == (303, "/") and "session" in chosen.cookies
        again = browser.post("/login/link", data={"key": key, "password": "another staple"})
        assert again.status_code == 422 and "opened already" in again.text
    with door.browser() as browser:
        assert sign_in(browser, "new", "battery staple") == 303


def test_the_first_leads_link_opens_nothing_where_there_are_accounts(door: Door, sqlite_store: Store) -> None:
    with sqlite_store.transaction() as tx:
        key = links.make_link(tx, None, now=utc_now())
    with door.browser() as browser:
        told = browser.post("/login/first", data={"key": key, "name": "eve", "password": PASSWORD})
        assert told.status_code == 422 and "has an account already" in told.text
        assert "Ask a lead for a link" in browser.get("/login").text


def test_made_up_links_are_tried_as_slowly_as_passwords(door: Door, sqlite_store: Store) -> None:
    """Nor does one cost the annotators a turn: it is looked up in a reading."""
    with door.browser() as mallory:
        with sqlite_store.transaction():  # a writer that takes long
            began = time.monotonic()
            told = mallory.post("/login/link", data={"key": "made up", "password": PASSWORD})
            assert (told.status_code, time.monotonic() - began < 5) == (422, True)
        answers = [mallory.post("/login/link", data={"key": f"key {n}", "password": PASSWORD}) for n in range(6)]
        assert answers[-1].status_code == 429 and "Wait " in answers[-1].text and "retry-after" in answers[-1].headers
