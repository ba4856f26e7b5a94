"""The team, one's own account and the log, as pages and programs get them."""

import csv
import io
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.home.settings import read_settings
from app.team import told
from app.team.told import BACKED_UP, account_told, backup_told, log_as_csv, log_told, team_told
from db.clock import utc_now
from db.people import audit, links, sessions, tokens, users
from db.people.audit import Actor
from db.store.session import Store


def test_each_account_has_its_state_in_one_word(store: Store, tmp_path: Path, add_account: Callable[..., Any]) -> None:
    add_account(store, "lea", "lead")
    with store.transaction() as tx:
        links.make_link(tx, users.add_user(tx, "invited", "annotator", None), now=utc_now())
        users.add_user(tx, "nobody", "annotator", None)
        users.disable(tx, users.add_user(tx, "gone", "annotator", "correct horse").id)
        tokens.make_token(tx, users.find_user(tx, "lea"), "script", "read", now=utc_now())
        team = team_told(tx, read_settings(tmp_path, {}))
    states = {account.name: account.state for account in team.accounts}
    assert states == {"gone": "disabled", "invited": "invited", "lea": "active", "nobody": "no_password"}
    assert [(token.owner, token.name) for token in team.tokens] == [("lea", "script")]


def test_ones_own_account_knows_which_browser_asks(
    store: Store, tmp_path: Path, add_account: Callable[..., Any]
) -> None:
    ann = add_account(store, "ann")
    with store.transaction() as tx:
        here, session = sessions.open_session(tx, ann, now=utc_now(), hours=2, browser="Firefox on Linux")
        sessions.open_session(tx, ann, now=utc_now(), hours=2)
        own = account_told(tx, session, here, read_settings(tmp_path, {"SSPCM_IDLE_HOURS": "0.5"}))
    assert {(browser.browser, browser.is_this) for browser in own.browsers} == {("Firefox on Linux", True), ("", False)}
    assert (own.hours, own.idle_hours, own.name) == (12.0, 0.5, "ann")


def test_the_log_is_read_page_by_page(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(told, "LINES", 2)
    with store.transaction() as tx:
        for number in range(3):
            audit.note(tx, Actor("root", "command"), "round launched", str(number))
    with store.reading() as tx:
        first = log_told(tx, before=None, actor=None)
        second = log_told(tx, before=first.before, actor=None)
    assert [entry.about for entry in (*first.entries, *second.entries)] == ["2", "1", "0"] and second.before is None


def test_the_file_is_csv_that_no_spreadsheet_carries_out(store: Store) -> None:
    with store.transaction() as tx:
        audit.note(tx, Actor("=cmd()", "command"), "account added", 'a "b", c', {"role": "lead"})
    lines = list(csv.reader(io.StringIO("".join(log_as_csv(store)))))
    assert lines[0] == ["at", "actor", "via", "action", "about", "details"]
    assert lines[1][1:] == ["'=cmd()", "command", "account added", 'a "b", c', '{"role": "lead"}']


def test_a_lead_is_told_of_the_last_backup_and_how_to_make_and_restore_one(store: Store, tmp_path: Path) -> None:
    home = tmp_path / "our home"
    settings = read_settings(home, {})
    with store.transaction() as tx:
        assert backup_told(tx, settings).last is None
        audit.note(tx, Actor("root", "command"), BACKED_UP, "old.tar")
        newest = audit.read(tx)[0]
        audit.note(tx, Actor("root", "command"), "command import")
        found = backup_told(tx, settings)
    assert found.last == newest.at.isoformat()
    words = shlex.split(found.backup)
    assert words[:-1] == ["python", "-P", "-m", "app", "--home", str(home), "backup"]
    file = Path(words[-1])
    assert file.parent == tmp_path and not file.is_relative_to(home) and file.suffix == ".tar"
    assert shlex.split(found.restore)[5:] == [f"{home}-restored", "restore", str(file)]
    bucket = {"SSPCM_BUCKET": "s3://frames/of"}
    with store.reading() as tx:
        assert backup_told(tx, read_settings(home, bucket)).backup.endswith(" --without-images")
