import hashlib
import time
from datetime import timedelta

import pytest
from argon2 import extract_parameters
from sqlalchemy import select, text

from db.errors import InvalidAccount, NameTaken
from db.people import users
from db.schema import LoginSessionRow, UserRow


def add(store, name, password="correct horse"):
    with store.transaction() as tx:
        return users.add_user(tx, name, "annotator", password)


def authenticate(store, name, password="correct horse"):
    with store.reading() as tx:
        return users.authenticate(tx, name, password)


def test_an_account_opens_with_its_password_and_no_other(store):
    ann = add(store, "Ann")
    assert authenticate(store, "Ann") == ann
    assert authenticate(store, " ann ") == ann
    assert authenticate(store, "Ann", "correct horses") is None
    assert authenticate(store, "Ann", "") is None
    assert authenticate(store, "nobody") is None
    assert authenticate(store, "Ann\0") is None


def test_passwords_are_kept_as_argon2id_hashes(store):
    add(store, "ann")
    with store.reading() as tx:
        kept = tx.scalars(select(UserRow.password_hash)).one()
    assert kept.startswith("$argon2id$")
    assert "correct horse" not in kept


def test_an_unknown_name_takes_as_long_as_a_wrong_password(store):
    """Both verify one hash of the same cost; the clock only guards against forgetting to."""
    add(store, "ann")
    with store.reading() as tx:
        kept = tx.scalars(select(UserRow.password_hash)).one()
    assert extract_parameters(users._NOBODYS_HASH) == extract_parameters(kept)

    def fastest(name):
        times = []
        for _ in range(5):
            began = time.perf_counter()
            authenticate(store, name, "wrong")
            times.append(time.perf_counter() - began)
        return min(times)

    assert 0.3 < fastest("nobody") / fastest("ann") < 3


@pytest.mark.parametrize("name", ["ann", "ANN", " Ann", "\uff21nn"])
def test_names_are_unique_without_regard_to_capitals(store, name):
    add(store, "Ann")
    with pytest.raises(NameTaken, match="already"):
        add(store, name)
    with store.reading() as tx:
        assert [user.name for user in users.list_users(tx)] == ["Ann"]


def test_accounts_are_listed_by_name(store):
    for name in ("Zoe", "ann", "Bea"):
        add(store, name)
    with store.reading() as tx:
        assert [user.name for user in users.list_users(tx)] == ["ann", "Bea", "Zoe"]


@pytest.mark.parametrize("password", ["", "1234567"])
def test_a_short_password_is_refused_with_what_to_do(store, password):
    with pytest.raises(InvalidAccount, match=f"has {len(password)} characters; wanted 8 or more. Choose a longer"):
        add(store, "ann", password)


@pytest.mark.parametrize("name", ["", "  ", "x" * 65, "a\nb", "a\0b", "Import"])
def test_a_name_is_short_printable_and_not_the_imports(store, name):
    with pytest.raises(InvalidAccount, match="Choose another"):
        add(store, name)


def test_a_session_lasts_until_its_hour(store, now):
    ann = add(store, "ann")
    with store.transaction() as tx:
        token, opened = users.open_session(tx, ann, now=now, hours=2)
    with store.reading() as tx:
        assert users.session_of(tx, token, now=now + timedelta(hours=1)) == opened
        assert users.session_of(tx, token, now=now + timedelta(hours=2)) is None
        assert users.session_of(tx, "another", now=now) is None
    assert (opened.user, opened.expires_at) == (ann, now + timedelta(hours=2))
    assert len(opened.csrf) >= 32


def test_a_closed_session_is_over(store, now):
    ann = add(store, "ann")
    with store.transaction() as tx:
        token, _ = users.open_session(tx, ann, now=now, hours=2)
        other, _ = users.open_session(tx, ann, now=now, hours=2)
    for _ in range(2):
        with store.transaction() as tx:
            users.close_session(tx, token)
    with store.reading() as tx:
        assert users.session_of(tx, token, now=now) is None
        assert users.session_of(tx, other, now=now) is not None


def test_the_store_keeps_a_hash_of_the_token_alone(store, now):
    ann = add(store, "ann")
    with store.transaction() as tx:
        token, _ = users.open_session(tx, ann, now=now, hours=2)
    with store.reading() as tx:
        row = tx.execute(text("SELECT * FROM login_sessions")).one()
    assert hashlib.sha256(token.encode()).hexdigest() in row
    assert token not in map(str, row)


def test_signing_in_forgets_sessions_that_ended(store, now):
    ann = add(store, "ann")
    with store.transaction() as tx:
        users.open_session(tx, ann, now=now, hours=1)
        users.open_session(tx, ann, now=now + timedelta(hours=2), hours=1)
        assert len(tx.scalars(select(LoginSessionRow)).all()) == 1
