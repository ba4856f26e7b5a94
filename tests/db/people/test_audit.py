"""The audit log."""

import pytest

from db.people import audit, users
from db.people.audit import Actor
from db.records import SessionRecord


@pytest.fixture
def lea(store):
    with store.transaction() as tx:
        return users.add_user(tx, "lea", "lead", "correct horse")


def test_lines_are_read_newest_first_a_page_at_a_time(store, lea):
    by_page, by_command = Actor("lea", audit.BY_PAGE, lea), Actor("root", audit.BY_COMMAND)
    with store.transaction() as tx:
        for number in range(5):
            audit.note(tx, by_page if number % 2 else by_command, "round launched", f"round {number}", {"n": number})
    with store.reading() as tx:
        first = audit.read(tx, most=2)
        assert [entry.about for entry in first] == ["round 4", "round 3"]
        assert [entry.about for entry in audit.read(tx, before=first[-1].id)] == ["round 2", "round 1", "round 0"]
        assert [entry.details["n"] for entry in audit.read(tx, actor="lea")] == [3, 1]
        assert audit.read(tx, actor="\0") == []
        assert [(entry.actor, entry.via) for entry in first] == [("root", "command"), ("lea", "page")]


def test_what_was_undone_left_no_line(store, lea):
    with pytest.raises(RuntimeError), store.transaction() as tx:
        audit.note(tx, Actor("lea", audit.BY_PAGE, lea), "account added", "eve")
        raise RuntimeError
    with store.reading() as tx:
        assert audit.read(tx) == []


def test_the_whole_log_comes_in_the_order_in_which_it_was_written(store, lea, monkeypatch):
    monkeypatch.setattr(audit, "_AT_A_TIME", 3)
    with store.transaction() as tx:
        for number in range(7):
            audit.note(tx, Actor("lea", audit.BY_PAGE, lea), "x", str(number))
    with store.reading() as tx:
        assert [entry.about for entry in audit.read_all(tx)] == list("0123456")


def test_an_actor_is_a_page_or_a_token(store, lea, now):
    by_page = SessionRecord(lea, "csrf", now, now)
    by_token = SessionRecord(lea, "", now, now, token="nightly export", scope="read")
    assert (Actor.of(by_page).via, Actor.of(by_token).via) == ("page", "token nightly export")
