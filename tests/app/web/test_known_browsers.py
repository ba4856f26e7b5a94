"""A browser is known for the account it signed in as, by a cookie that nobody else can make."""

import json
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.known_browsers import FILE, KnownBrowsers, server_secret

KNOWN = KnownBrowsers(b"secret")


def cookies(account: str, browser: str | None = None) -> dict[str, str]:
    return {KNOWN.cookie_name(account): KNOWN.cookie_for(account, browser)}


def test_who_signed_in_before_is_known_and_stays_the_same_browser() -> None:
    first = KNOWN.browser_of(cookies("ann"), "ann")
    assert first is not None
    assert KNOWN.browser_of(cookies("ann", first), "ann") == first
    assert KNOWN.browser_of(cookies("ann"), "ann") != first


def test_a_cookie_is_worth_nothing_for_another_account_or_in_another_home() -> None:
    (value,) = cookies("ann").values()
    assert KNOWN.browser_of({KNOWN.cookie_name("bob"): value}, "bob") is None
    other = KnownBrowsers(b"another")
    assert other.browser_of({other.cookie_name("ann"): value}, "ann") is None


@given(st.text(max_size=80))
def test_no_text_is_taken_for_a_cookie(text: str) -> None:
    assert KNOWN.browser_of({KNOWN.cookie_name("ann"): text}, "ann") is None
    assert KNOWN.browser_of({}, text) is None


def test_people_who_share_a_machine_are_each_known() -> None:
    shared = cookies("ann") | cookies("bob") | cookies("ä" * 99)
    assert all(KNOWN.browser_of(shared, account) for account in ("ann", "bob", "ä" * 99))
    assert not any("ann" in name or "bob" in name for name in shared)


def test_the_homes_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    first = server_secret(tmp_path)
    assert (server_secret(tmp_path), len(first)) == (first, 32)
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize("content", ["", "{}", '{"secret": 7}', '{"secret": "zz"}', json.dumps(["x"])])
def test_a_secret_that_cannot_be_read_is_made_up_until_the_end(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content)
    assert len(server_secret(tmp_path)) == 32
    assert (tmp_path / FILE).read_text() == content


def test_a_home_that_cannot_be_written_still_serves(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("no folder")
    assert len(server_secret(tmp_path / "home")) == 32
