"""The images that an annotator worked on last."""

from datetime import timedelta

from sqlalchemy import event, text

from db.labelling import closing, earlier_frames, labels
from db.labelling.recent import recent_images
from db.pool import persons
from db.records import Decision


def decide(store, user, image, now, *, kind="not_a_person", revision=0):
    with store.transaction() as tx:
        person = persons.list_persons(tx, image_id=image.id)[0]
        key = f"{user.id}-{image.id}-{revision}"
        labels.decide(tx, Decision(key, kind, person.id, revision, user), now=now)


def recent(store, user, limit=10):
    with store.reading() as tx:
        return recent_images(tx, user, limit=limit)


def test_the_images_an_annotator_decided_in_come_newest_first_and_each_once(store, add_people, add_account, ann, now):
    first, second, third = add_people(store, count=3)
    bea = add_account(store, "bea")
    assert recent(store, ann) == []
    minutes = [now + timedelta(minutes=minute) for minute in range(5)]
    decide(store, ann, first, minutes[0])
    decide(store, ann, second, minutes[1])
    decide(store, bea, third, minutes[2])
    decide(store, ann, first, minutes[3], kind="reopen", revision=1)
    found = recent(store, ann)
    assert [(one.id, one.file_name, one.camera, one.is_open, one.decided_at) for one in found] == [
        (first.id, "0000.jpg", "hall", True, minutes[3]),
        (second.id, "0001.jpg", "hall", False, minutes[1]),
    ]
    assert [one.id for one in recent(store, ann, limit=1)] == [first.id]
    assert [one.id for one in recent(store, bea)] == [third.id]


def test_finishing_an_image_counts_in_either_split(store, add_people, ann, now):
    (nobody,) = add_people(store, persons=0)
    (validation,) = add_people(store, persons=0, split="validation")
    for image in (nobody, validation):
        with store.transaction() as tx:
            closing.finish_image(tx, image.id, user=ann, key=f"finished {image.id}", now=now)
    assert [one.id for one in recent(store, ann)] == [validation.id, nobody.id]


def test_what_came_before_is_looked_up_in_an_index(sqlite_store, add_people, add_account):
    """PostgreSQL's plan depends on how full its tables are; SQLite's does not."""
    *_, last = add_people(sqlite_store, count=3)
    ann, plans = add_account(sqlite_store), []

    def explain(connection, _cursor, statement, parameters, _context, _many):
        if statement.startswith("SELECT"):
            plans.extend(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters))

    with sqlite_store.reading() as tx:
        tx.execute(text("SELECT 1"))
        event.listen(tx.connection(), "before_cursor_execute", explain)
        recent_images(tx, ann, limit=10)
        earlier_frames.earlier_with_pose(tx, last, frames=50)
    assert any("decisions USING INDEX ix_decisions_recent" in plan for plan in plans), plans
    assert any("images USING COVERING INDEX ix_images_earlier" in plan for plan in plans), plans
    assert not any(plan.startswith(("SCAN decisions", "SCAN images")) for plan in plans), plans
