"""A new home's first lead is made by a link that whoever starts the server is told."""

import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.home.settings import read_settings
from app.team.first_lead import FILE, address_of, announce_first_lead, make_first_lead
from db.errors import InvalidAccount, LinkSpent
from db.people import audit
from db.store.session import Store


def key_in(link: str) -> str:
    return link.strip().partition("#")[2]


def test_the_link_is_logged_and_kept_for_the_owner_alone_until_it_was_opened(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = read_settings(tmp_path, {}, port=7000)
    with caplog.at_level(logging.WARNING):
        announce_first_lead(store, settings)
    link = (tmp_path / FILE).read_text().strip()
    assert link in caplog.text and re.fullmatch(r"http://127\.0\.0\.1:7000/login/first#[\w-]{40,}", link)
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
    with pytest.raises(InvalidAccount):
        make_first_lead(store, tmp_path, key_in(link), "lea", "short")
    lead = make_first_lead(store, tmp_path, key_in(link), "lea", "correct horse")
    assert lead.role == "lead" and not (tmp_path / FILE).exists()
    with store.reading() as tx:
        (entry,) = audit.read(tx)
    assert (entry.actor, entry.via, entry.action) == ("lea", "link", "account added")


def test_each_start_makes_a_new_link_and_the_older_one_says_what_to_do(store: Store, tmp_path: Path) -> None:
    settings = read_settings(tmp_path, {})
    announce_first_lead(store, settings)
    older = key_in((tmp_path / FILE).read_text())
    announce_first_lead(store, settings)
    with pytest.raises(LinkSpent, match=r"not the newest one.*Start the server again"):
        make_first_lead(store, tmp_path, older, "lea", "correct horse")


def test_a_home_with_accounts_has_no_link_and_forgets_an_old_file(
    store: Store, tmp_path: Path, add_account: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / FILE).write_text("old")
    add_account(store, "ann")
    with caplog.at_level(logging.WARNING):
        announce_first_lead(store, read_settings(tmp_path, {}))
    assert not (tmp_path / FILE).exists() and not caplog.text


@pytest.mark.parametrize(("environ", "address"), [
    ({}, "http://127.0.0.1:7860"),
    ({"SSPCM_HOST": "0.0.0.0"}, "http://127.0.0.1:7860"),
    ({"SSPCM_HOST": "::1", "SSPCM_PORT": "80"}, "http://[::1]:80"),
    ({"SSPCM_SECURE_COOKIES": "1", "SSPCM_ALLOWED_HOSTS": "pose.example.org"}, "https://pose.example.org"),
])  # fmt: skip
def test_the_address_is_one_that_a_browser_finds(tmp_path: Path, environ: dict[str, str], address: str) -> None:
    assert address_of(read_settings(tmp_path, environ)) == address
