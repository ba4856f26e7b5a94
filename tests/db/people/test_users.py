import time
from datetime import timedelta

import pytest
from argon2 import extract_parameters
from sqlalchemy import select

from db.errors import AccountDisabled, InvalidAccount, LastLead, LinkSpent, NameTaken, NotFound
from db.people import links, sessions, users
from db.people.secrets import NOBODYS_HASH
from db.schema import UserRow


def add(store, name, password="correct horse", role="annotator"):
    with store.transaction() as tx:
        return users.add_user(tx, name, role, password)


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
    assert extract_parameters(NOBODYS_HASH) == extract_parameters(kept)

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
    with pytest.raises(InvalidAccount, match=rf"has {len(password)} characters; wanted 8 or more.*Choose a longer"):
        add(store, "ann", password)


@pytest.mark.parametrize("name", ["", "  ", "x" * 65, "a\nb", "a\0b", "Import"])
def test_a_name_is_short_printable_and_not_the_imports(store, name):
    with pytest.raises(InvalidAccount, match="Choose another"):
        add(store, name)


def test_a_disabled_account_is_closed_at_once_and_opens_again_with_its_password(store, now):
    add(store, "lea", role="lead")
    ann = add(store, "ann")
    with store.transaction() as tx:
        token, _ = sessions.open_session(tx, ann, now=now, hours=2)
        key = links.make_link(tx, ann, now=now)
        users.disable(tx, ann.id)
    with store.reading() as tx:
        assert sessions.session_of(tx, token, now=now) is None
    with pytest.raises(LinkSpent), store.transaction() as tx:
        links.use_link(tx, key, "battery staple", now=now)
    with pytest.raises(AccountDisabled), store.transaction() as tx:  # whose password was looked at before
        sessions.open_session(tx, ann, now=now, hours=2)
    assert authenticate(store, "ann", "wrong horse") is None  # a stranger is not told that it is disabled
    with pytest.raises(AccountDisabled, match=r"'ann' is disabled. Ask a lead"):
        authenticate(store, "ann")
    with store.transaction() as tx:
        users.enable(tx, ann.id)
    assert authenticate(store, "ann") == ann
    with pytest.raises(LinkSpent), store.transaction() as tx:
        links.use_link(tx, key, "battery staple", now=now)
    with store.reading() as tx:
        assert sessions.session_of(tx, token, now=now) is None


@pytest.mark.parametrize("take_away", [users.disable, lambda tx, user_id: users.set_role(tx, user_id, "annotator")])
def test_the_only_lead_stays_one(store, take_away):
    lea = add(store, "lea", role="lead")
    add(store, "invited", role="lead", password=None)  # and may never come
    with pytest.raises(LastLead, match=r"only lead.*Make somebody else a lead first"), store.transaction() as tx:
        take_away(tx, lea.id)
    other = add(store, "other", role="lead")
    with store.transaction() as tx:
        take_away(tx, lea.id)
    with pytest.raises(LastLead), store.transaction() as tx:  # a disabled lead is none
        take_away(tx, other.id)


def test_a_role_can_be_changed_and_changed_back(store):
    add(store, "lea", role="lead")
    ann = add(store, "ann")
    for role in ("lead", "annotator", "annotator"):
        with store.transaction() as tx:
            assert users.set_role(tx, ann.id, role).role == role


def test_a_new_password_signs_every_browser_out(store, now):
    ann = add(store, "ann")
    with store.transaction() as tx:
        token, _ = sessions.open_session(tx, ann, now=now, hours=2)
        users.set_password(tx, ann.id, "battery staple")
    assert authenticate(store, "ann") is None and authenticate(store, "ann", "battery staple") == ann
    with store.reading() as tx:
        assert sessions.session_of(tx, token, now=now) is None
    with pytest.raises(InvalidAccount, match="has 5 characters"), store.transaction() as tx:
        users.set_password(tx, ann.id, "short")
    assert authenticate(store, "ann", "battery staple") == ann


def test_leads_see_who_waits_for_a_link_and_who_is_here(store, now):
    lea = add(store, "Lea", role="lead")
    new = add(store, "new", password=None)
    with store.transaction() as tx:
        links.make_link(tx, new, now=now)
        sessions.open_session(tx, lea, now=now, hours=2)
        sessions.open_session(tx, lea, now=now + timedelta(minutes=5), hours=2)
    with store.reading() as tx:
        one, other = users.list_accounts(tx, now=now + timedelta(minutes=6))
        idle, _ = users.list_accounts(tx, now=now + timedelta(minutes=6), idle=timedelta(minutes=5))
    assert (one.user, one.sessions, one.seen_at, one.has_password) == (lea, 2, now + timedelta(minutes=5), True)
    assert (other.user, other.sessions, other.seen_at, other.has_password) == (new, 0, None, False)
    assert (idle.sessions, idle.seen_at) == (1, now + timedelta(minutes=5)), "what is signed out counts no more"
    assert (one.link_until, other.link_until) == (None, now + links.LASTS)
    assert one.disabled_at is other.disabled_at is None
    assert authenticate(store, "new", "") is None


def test_when_somebody_was_last_here_outlives_their_browsers(store, now):
    lea = add(store, "Lea", role="lead")
    later = now + timedelta(minutes=90)
    with store.transaction() as tx:
        token, _ = sessions.open_session(tx, lea, now=now, hours=2)
        sessions.note_seen(tx, token, now=later)
        sessions.note_seen(tx, token, now=now + timedelta(minutes=30))  # of two answers at once the later one counts
        sessions.close_session(tx, token)
    with store.reading() as tx:
        (account,) = users.list_accounts(tx, now=later)
    assert (account.sessions, account.seen_at) == (0, later)


def test_a_name_that_nobody_has_is_answered_with_those_there_are(store):
    add(store, "ann")
    with store.reading() as tx:
        assert users.find_user(tx, " ANN ").name == "ann"
        with pytest.raises(NotFound, match=r"no account 'bob'; there are: ann. Check the name"):
            users.find_user(tx, "bob")


@pytest.mark.parametrize("role", ["annotator", "reviewer", "lead"])
def test_every_role_is_kept_and_can_be_given_and_taken(store, role):
    with store.transaction() as tx:
        users.add_user(tx, "lea", "lead", "correct horse")
        first = users.add_user(tx, "first", role, "correct horse")
        assert first.role == users.find_user(tx, "first").role == role
        for other in ("lead", "reviewer", "annotator", role):
            assert users.set_role(tx, first.id, other).role == other
        assert users.authenticate(tx, "first", "correct horse").role == role
