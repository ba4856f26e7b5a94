"""Leads change accounts and people their own, each with its line in the log."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from app.team import accounts
from db.clock import utc_now
from db.errors import AccountDisabled, LastLead, LinkSpent, WrongPassword
from db.people import audit, sessions, users
from db.people.audit import Actor
from db.records import SessionRecord
from db.store.session import Store

PASSWORD = "correct horse"


@pytest.fixture
def lea(store: Store, add_account: Callable[..., Any]) -> SessionRecord:
    return SessionRecord(add_account(store, "lea", "lead"), "csrf", utc_now(), utc_now())


def log(store: Store) -> list[tuple[str, str, str]]:
    with store.reading() as tx:
        return [(entry.actor, entry.action, entry.about) for entry in audit.read(tx)]


def test_somebody_is_invited_and_chooses_a_password(store: Store, lea: SessionRecord) -> None:
    made = accounts.add(store, Actor.of(lea), "new", "annotator", None)
    assert made.key is not None
    assert accounts.choose_password(store, made.key, PASSWORD) == made.user
    with store.reading() as tx:
        assert users.authenticate(tx, "new", PASSWORD) == made.user
    assert log(store) == [("new", "password chosen", "new"), ("lea", "account added", "new")]
    with pytest.raises(LinkSpent):
        accounts.choose_password(store, made.key, PASSWORD)
    assert len(log(store)) == 2


def test_an_account_with_a_password_gets_no_link(store: Store, lea: SessionRecord) -> None:
    assert accounts.add(store, Actor.of(lea), "new", "annotator", PASSWORD).key is None


@pytest.mark.parametrize("what", accounts.WORDS)
def test_each_change_is_done_and_noted(store: Store, lea: SessionRecord, what: accounts.Change) -> None:
    new = accounts.add(store, Actor.of(lea), "new", "annotator", PASSWORD).user
    changed = accounts.change(store, Actor.of(lea), new.id, what)
    assert (changed.key is not None) == (what == "new_link")
    assert changed.user.role == {"make_lead": "lead", "make_reviewer": "reviewer"}.get(what, "annotator")
    assert log(store)[0] == ("lea", accounts.WORDS[what], "new")


def test_what_is_refused_is_not_noted(store: Store, lea: SessionRecord) -> None:
    with pytest.raises(LastLead):
        accounts.change(store, Actor.of(lea), lea.user.id, "disable")
    new = accounts.add(store, Actor.of(lea), "new", "annotator", PASSWORD).user
    accounts.change(store, Actor.of(lea), new.id, "disable")
    with pytest.raises(AccountDisabled, match="Enable it first"):
        accounts.change(store, Actor.of(lea), new.id, "new_link")
    assert [action for _, action, _ in log(store)] == ["account disabled", "account added"]


def test_a_password_is_changed_by_the_old_one_and_signs_the_others_out(store: Store, lea: SessionRecord) -> None:
    with store.transaction() as tx:
        here, _ = sessions.open_session(tx, lea.user, now=utc_now(), hours=2)
        there, _ = sessions.open_session(tx, lea.user, now=utc_now(), hours=2)
    with pytest.raises(WrongPassword, match="is another one"):
        accounts.change_password(store, lea, here, "wrong horse", "battery staple")
    assert accounts.change_password(store, lea, here, PASSWORD, "battery staple") == 1
    with store.reading() as tx:
        assert sessions.session_of(tx, here, now=utc_now()) is not None
        assert sessions.session_of(tx, there, now=utc_now()) is None
        assert users.authenticate(tx, "lea", "battery staple") == lea.user
    assert log(store) == [("lea", "password changed", "lea")]


def test_of_two_who_change_a_password_by_the_old_one_at_once_one_is_refused(store: Store, lea: SessionRecord) -> None:
    def change(new: str) -> str | None:
        try:
            accounts.change_password(store, lea, "", PASSWORD, new)
        except WrongPassword:
            return None
        return new

    with ThreadPoolExecutor(2) as pool:
        changed = [one for one in pool.map(change, ["battery staple", "staple battery"]) if one is not None]
    assert len(changed) == 1
    with store.reading() as tx:
        assert users.authenticate(tx, "lea", changed[0]) == lea.user


def test_ones_own_other_browsers_and_tokens(store: Store, lea: SessionRecord) -> None:
    with store.transaction() as tx:
        here, _ = sessions.open_session(tx, lea.user, now=utc_now(), hours=2)
        sessions.open_session(tx, lea.user, now=utc_now(), hours=2)
    assert accounts.sign_others_out(store, lea, here) == 1
    _, record = accounts.make_token(store, lea, "nightly", "lead", 30)
    assert accounts.revoke_token(store, lea, record.id) == record
    assert [action for _, action, _ in log(store)] == ["token revoked", "token made", "browsers signed out"]
