"""Signed-in browsers."""

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from db.people import sessions, users
from db.schema import LoginSessionRow


def add(store, name):
    with store.transaction() as tx:
        return users.add_user(tx, name, "annotator", "correct horse")


def test_a_session_lasts_until_its_hour(store, now):
    ann = add(store, "ann")
    with store.transaction() as tx:
        token, opened = sessions.open_session(tx, ann, now=now, hours=2)
    with store.reading() as tx:
        assert sessions.session_of(tx, token, now=now + timedelta(hours=1)) == opened
        assert sessions.session_of(tx, token, now=now + timedelta(hours=2)) is None
        assert sessions.session_of(tx, "another", now=now) is None
    assert (opened.user, opened.expires_at) == (ann, now + timedelta(hours=2))
    assert len(opened.csrf) >= 32


def test_a_closed_session_is_over(store, now):
    ann = add(store, "ann")
    with store.transaction() as tx:
        token, _ = sessions.open_session(tx, ann, now=now, hours=2)
        other, _ = sessions.open_session(tx, ann, now=now, hours=2)
    for _ in range(2):
        with store.transaction() as tx:
            sessions.close_session(tx, token)
    with store.reading() as tx:
        assert sessions.session_of(tx, token, now=now) is None
        assert sessions.session_of(tx, other, now=now) is not None


def test_the_store_keeps_a_hash_of_the_token_alone(store, now):
    ann = add(store, "ann")
    with store.transaction() as tx:
        token, _ = sessions.open_session(tx, ann, now=now, hours=2)
    with store.reading() as tx:
        row = tx.execute(text("SELECT * FROM login_sessions")).one()
    assert hashlib.sha256(token.encode()).hexdigest() in row
    assert token not in map(str, row)


def test_signing_in_forgets_sessions_that_ended(store, now):
    ann = add(store, "ann")
    with store.transaction() as tx:
        sessions.open_session(tx, ann, now=now, hours=1)
        sessions.open_session(tx, ann, now=now + timedelta(hours=2), hours=1)
        assert len(tx.scalars(select(LoginSessionRow)).all()) == 1


@pytest.mark.parametrize("asked_after", [0, 59])
def test_a_browser_that_nobody_uses_is_signed_out(store, now, asked_after):
    ann, hour = add(store, "ann"), timedelta(hours=1)
    asked = now + timedelta(minutes=asked_after)
    with store.transaction() as tx:
        token, _ = sessions.open_session(tx, ann, now=now, hours=24)
        sessions.note_seen(tx, token, now=asked)
        sessions.note_seen(tx, token, now=now)  # one that comes late turns no clock back
    with store.reading() as tx:
        found = sessions.session_of(tx, token, now=asked + hour - timedelta(seconds=1), idle=hour)
        assert found is not None and found.seen_at == asked
        assert sessions.session_of(tx, token, now=asked + hour, idle=hour) is None
        assert sessions.session_of(tx, token, now=asked + hour) is not None  # where nothing is said of idleness


def test_people_see_their_own_browsers_and_can_sign_the_others_out(store, now):
    ann, bob = add(store, "ann"), add(store, "bob")
    with store.transaction() as tx:
        mine, _ = sessions.open_session(tx, ann, now=now, hours=2, browser="Firefox")
        sessions.open_session(tx, ann, now=now + timedelta(minutes=1), hours=2, browser="x" * 500)
        his, _ = sessions.open_session(tx, bob, now=now, hours=2)
    with store.reading() as tx:
        later, first = sessions.list_browsers(tx, ann, now=now)
        assert (first.id, first.browser, first.seen_at) == (sessions.id_of(mine), "Firefox", now)
        assert len(later.browser) == 120
        idle = sessions.list_browsers(tx, ann, now=now + timedelta(minutes=30), idle=timedelta(minutes=30))
        assert [browser.id for browser in idle] == [later.id]
    with store.transaction() as tx:
        assert sessions.close_others(tx, ann, mine) == 1
    with store.reading() as tx:
        assert [browser.id for browser in sessions.list_browsers(tx, ann, now=now)] == [first.id]
        assert sessions.session_of(tx, his, now=now) is not None
    with store.transaction() as tx:
        assert sessions.close_all(tx, ann) == 1
