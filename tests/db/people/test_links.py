"""One-time links."""

import threading
from datetime import timedelta

import pytest

from db.errors import InvalidAccount, LinkSpent
from db.people import links, users

PASSWORD = "correct horse"


@pytest.fixture
def ann(store):
    with store.transaction() as tx:
        return users.add_user(tx, "ann", "annotator", None)


def make(store, user, now):
    with store.transaction() as tx:
        return links.make_link(tx, user, now=now)


def use(store, key, now, password=PASSWORD):
    with store.transaction() as tx:
        return links.use_link(tx, key, password, now=now)


def test_a_link_opens_once_and_its_password_is_the_accounts(store, ann, now):
    key = make(store, ann, now)
    with pytest.raises(InvalidAccount, match="has 3 characters"):
        use(store, key, now, "abc")
    assert use(store, key, now) == ann  # a password that cannot be does not spend it
    with store.reading() as tx:
        assert users.authenticate(tx, "ann", PASSWORD) == ann
    with pytest.raises(LinkSpent, match=r"opened already.*Ask a lead"):
        use(store, key, now, "another horse")


def test_a_newer_link_replaces_the_older_one(store, ann, now):
    older, newer = make(store, ann, now), make(store, ann, now)
    with pytest.raises(LinkSpent):
        use(store, older, now)
    assert use(store, newer, now) == ann


@pytest.mark.parametrize("key", ["", "nonsense", "a\x00b"])
def test_what_is_no_link_opens_nothing(store, ann, now, key):
    with pytest.raises(LinkSpent):
        use(store, key, now)


def test_a_link_lasts_seven_days(store, ann, now):
    key = make(store, ann, now)
    with pytest.raises(LinkSpent):
        use(store, key, now + timedelta(days=7))
    assert use(store, key, now + timedelta(days=7, seconds=-1)) == ann


def test_the_first_lead_is_made_once_and_only_where_nobody_is(store, now):
    key = make(store, None, now)
    with store.transaction() as tx:
        assert links.is_first_leads(tx, key, now=now) and not links.has_accounts(tx)
    with pytest.raises(LinkSpent):
        use(store, key, now)  # it is nobody's password
    with store.transaction() as tx:
        lea = links.make_first_lead(tx, key, "Lea", PASSWORD, now=now)
    assert lea.role == "lead"
    with pytest.raises(LinkSpent), store.transaction() as tx:
        links.make_first_lead(tx, key, "Eve", PASSWORD, now=now)
    later = make(store, None, now)
    with pytest.raises(LinkSpent), store.transaction() as tx:
        links.make_first_lead(tx, later, "Eve", PASSWORD, now=now)
    with store.reading() as tx:
        assert users.list_users(tx) == [lea]


def test_an_accounts_link_makes_no_lead(store, ann, now):
    key = make(store, ann, now)
    with pytest.raises(LinkSpent), store.transaction() as tx:
        links.make_first_lead(tx, key, "Eve", PASSWORD, now=now)


def test_two_leads_who_make_a_link_at_once_make_one_after_the_other(store, ann, now):
    """The later one opens."""
    keys, ready = [], threading.Barrier(2)

    def make_one():
        ready.wait()
        keys.append(make(store, ann, now))

    threads = [threading.Thread(target=make_one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 2
    with store.reading() as tx:
        assert [links.may_open(tx, key, now=now) for key in keys].count(True) == 1


def test_half_a_character_is_a_wrong_key_and_a_password_like_any_other(store, ann, now):
    with pytest.raises(LinkSpent):
        use(store, "\ud800", now)
    assert use(store, make(store, ann, now), now, "pass\ud800word") == ann
