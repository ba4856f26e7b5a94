from datetime import timedelta

import pytest
from sqlalchemy import event, select, update

from db.labelling import queue, returned
from db.people import users
from db.pool.persons import list_persons
from db.records import Decision
from db.schema import PersonRow, ReviewRow
from tests.db.dealing import claim, rank_cold
from tests.db.labelling.deciding import decide
from tests.db.labelling.reviewing import accept_all, pose, say


@pytest.fixture
def rita(store, add_account):
    return add_account(store, "rita", "reviewer")


@pytest.fixture
def came_back(store, add_people, ann, rita, now):
    """Three images, the last one's person by ann and sent back; the images' ids."""
    ids = [image.id for image in add_people(store, count=3)]
    accept_all(store, ann, now, image_id=ids[2])
    say(store, rita, 3, now, result="back", comment="knee")
    return ids


def test_who_came_back_is_the_annotators_next_whatever_the_order(store, came_back, ann, now):
    a, b, c = came_back
    rank_cold(store, [b, a, c])
    assert claim(store, ann, now) == c
    assert claim(store, ann, now, exclude=[c]) == b


def test_nobody_else_gets_the_image_meanwhile(store, came_back, bea, now):
    a, b, c = came_back
    rank_cold(store, [c, b, a])
    assert claim(store, bea, now) == b
    assert claim(store, bea, now, exclude=[b]) == a
    assert claim(store, bea, now, exclude=[b, a], most_held=9) is None


def test_after_a_week_anybody_gets_it(store, came_back, ann, bea, now):
    later = now + returned.WAITS + timedelta(seconds=1)
    rank_cold(store, [came_back[2]])
    assert claim(store, bea, later) == came_back[2]
    assert claim(store, ann, later) != came_back[2], "bea holds it"


def test_of_a_disabled_annotator_anybody_gets_it_at_once(store, came_back, ann, bea, now):
    rank_cold(store, [came_back[2]])
    with store.transaction() as tx:
        users.disable(tx, ann.id)
    assert claim(store, bea, now) == came_back[2]


def test_of_an_imported_label_anybody_gets_it(store, add_people, bea, rita, now):
    (image,) = add_people(store, labelled=True)
    say(store, rita, 1, now, result="back", comment="knee")
    assert claim(store, bea, now) == image.id


@pytest.mark.parametrize("kind", ["accept", "skip", "not_a_person"])
def test_a_decision_answers_it_and_opening_again_asks_it_anew(store, came_back, ann, now, kind):
    with store.reading() as tx:
        (person,) = list_persons(tx, image_id=came_back[2])
    more = {"accept": {"label": pose("ann")}, "skip": {"reason": "dark"}, "not_a_person": {}}[kind]
    decide(store, Decision("answered", kind, person.id, person.revision, ann, **more), now)
    assert not waiting(store)
    decide(store, Decision("once-more", "reopen", person.id, person.revision + 1, ann), now)
    assert waiting(store) == [person.id]


def test_an_import_that_labelled_them_meanwhile_answers_it_too(store, came_back, ann, now):
    with store.transaction() as tx:  # as db/labelling/merging.py leaves them
        tx.execute(update(PersonRow).where(PersonRow.id == 3).values(state="accepted"))
    assert claim(store, ann, now) == came_back[0]


def test_a_claim_reads_who_waits_by_an_index(sqlite_store, add_people, add_account, now):
    """PostgreSQL's plan depends on how full its tables are; SQLite's does not."""
    ann, plans = add_account(sqlite_store), []
    add_people(sqlite_store, count=2)

    def explain(connection, _cursor, statement, parameters, _context, _many):
        if statement.startswith("SELECT") and "reviews" in statement:
            plans.extend(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters))

    with sqlite_store.transaction() as tx:
        event.listen(tx.connection(), "before_cursor_execute", explain)
        assert queue.claim(tx, ann, now=now, lease_s=60) is not None
    found = [plan for plan in plans if "reviews" in plan]
    assert found and all("ix_reviews_waiting" in plan for plan in found), plans
    assert not any(plan.startswith(("SCAN persons", "SCAN images", "SCAN ranking")) for plan in plans), plans


def test_an_annotator_is_told_who_came_back_and_waits_the_first_before_the_others(
    store, add_people, add_account, ann, rita, now
):
    ids = [image.id for image in add_people(store, count=3)]
    accept_all(store, ann, now)
    for person in (3, 1, 2):
        say(store, rita, person, now, result="good" if person == 2 else "back", comment="" if person == 2 else "knee")

    def told(user, *, limit=50):
        with store.reading() as tx:
            return returned.returned_of(tx, user, limit=limit)

    assert told(ann) == [(ids[2], 3), (ids[0], 1)]
    assert told(ann, limit=1) == [(ids[2], 3)]
    assert told(rita) == [], "of another"
    accept_all(store, ann, now, image_id=ids[2])
    assert told(ann) == [(ids[0], 1)], "labelled anew"


def waiting(store):
    with store.reading() as tx:
        return list(tx.scalars(select(ReviewRow.person_id).where(ReviewRow.is_waiting)))
