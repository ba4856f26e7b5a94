"""Validation people come to a second annotator, who knows of no first; what counts stays the first's."""

from datetime import timedelta

import pytest
from sqlalchemy import event, text

from db.errors import InvalidDecision, RevisionConflict
from db.labelling import deleting, labels, leases, queue, readings
from db.labelling.readings import Reread
from db.people import users
from db.pool import counts, images
from db.pool.persons import get_person
from db.pool.project import project_row
from tests.db.labelling.reading import all_drawn, claimed, decide, people, read_first


def as_second(store, image, user):
    with store.reading() as tx:
        return readings.as_second(tx, image.id, user, people(store, image))


def test_a_drawn_image_comes_to_somebody_else_as_if_nobody_had_been_there(store, add_people, ann, bea, now):
    image = all_drawn(store, add_people)
    read_first(store, ann, image, now)
    assert claimed(store, ann, now) != image.id
    assert claimed(store, bea, now) == image.id
    seen = as_second(store, image, bea)
    assert [(one.state, one.revision, one.label, one.skip_reason) for one in seen] == [("open", 0, None, None)] * 2
    assert as_second(store, image, ann) is None
    with store.reading() as tx:
        assert readings.hidden_from(tx, bea) == {image.id}
        assert readings.hidden_from(tx, ann) == set()
        assert images.get_image(tx, image.id).is_open is False, "for everybody else it is done"


def test_what_the_second_decides_stands_apart_and_nothing_that_counts_changes(store, add_people, ann, bea, now):
    image = all_drawn(store, add_people)
    read_first(store, ann, image, now)
    before = people(store, image)
    with store.reading() as tx:
        counted = counts.count(tx)
    claimed(store, bea, now)
    one, other = before
    outcome = decide(store, bea, one.id, now, at=3.0)
    assert (outcome.state, outcome.revision, outcome.image_done) == ("accepted", 1, False)
    (mine, _) = as_second(store, image, bea)
    assert mine.label is not None and mine.label.xyv[0, 0] == 43.0
    assert decide(store, bea, other.id, now, kind="skip").image_done
    after = people(store, image)
    assert [(p.state, p.revision, p.label_id) for p in after] == [(p.state, p.revision, p.label_id) for p in before]
    with store.reading() as tx:
        assert [len(labels.history(tx, person.id)) for person in before] == [1, 1]
        assert counts.count(tx) == counted
        (pair,) = readings.pairs(tx)
        assert (pair.person.id, pair.first.author, pair.second_by, pair.at) == (one.id, "ann", "bea", now)
        assert (pair.first.xyv[0, 0], pair.second.xyv[0, 0]) == (40.0, 43.0)
        assert readings.reread(tx) == Reread(waiting=0, otherwise=1)
        assert leases.lease_holders(tx, now=now).get(image.id) is None
        assert readings.hidden_from(tx, bea) == set()


def test_nobody_reads_it_a_third_time_and_who_began_goes_on(store, add_people, add_account, ann, bea, now):
    image, cleo = all_drawn(store, add_people), add_account(store, "cleo")
    read_first(store, ann, image, now)
    claimed(store, bea, now)
    assert claimed(store, cleo, now) != image.id, "another holds it"
    one, other = people(store, image)
    decide(store, bea, one.id, now)
    later = now + timedelta(hours=1)
    assert claimed(store, cleo, later) != image.id, "bea began"
    assert claimed(store, bea, later) == image.id
    decide(store, bea, other.id, later)
    for user in (ann, bea, cleo):
        assert claimed(store, user, later + timedelta(hours=1)) != image.id


def test_the_second_takes_back_what_they_decided_last(store, add_people, ann, bea, now):
    image = all_drawn(store, add_people, persons=1)
    read_first(store, ann, image, now)
    (person,) = people(store, image)
    decide(store, ann, person.id, now, kind="reopen", revision=1)
    decide(store, ann, person.id, now, revision=2, at=5.0)
    claimed(store, bea, now)
    assert decide(store, bea, person.id, now).image_done
    assert decide(store, bea, person.id, now, kind="reopen", revision=1).state == "open"
    assert decide(store, bea, person.id, now, revision=2, at=9.0).image_done
    with store.reading() as tx:
        (pair,) = readings.pairs(tx)
        assert pair.second.xyv[0, 0] == 49.0
        assert pair.first.xyv[0, 0] == 40.0, "the one of when it was drawn"
        assert get_person(tx, person.id).label.xyv[0, 0] == 45.0


def test_an_image_from_which_everybody_who_waited_was_deleted_comes_to_nobody(store, add_people, ann, bea, now):
    image = all_drawn(store, add_people)
    read_first(store, ann, image, now)
    one, other = people(store, image)
    decide(store, bea, one.id, now)
    with store.transaction() as tx:
        deleting.delete_for_good(tx, deleting.person_target(tx, other.id), by="lea", why="asked for")
    assert claimed(store, bea, now) != image.id
    with store.reading() as tx:
        assert readings.hidden_from(tx, bea) == set()


def test_sent_twice_is_decided_once_and_an_old_sight_is_refused(store, add_people, ann, bea, now):
    image = all_drawn(store, add_people)
    read_first(store, ann, image, now)
    one, other = people(store, image)
    decide(store, bea, one.id, now)
    assert decide(store, bea, one.id, now).repeated
    with pytest.raises(RevisionConflict, match="in another window"):
        decide(store, bea, one.id, now, kind="reopen")
    decide(store, bea, other.id, now)
    assert decide(store, bea, other.id, now).repeated


def test_a_second_label_is_checked_as_any_other(store, add_people, ann, bea, now):
    image = all_drawn(store, add_people)
    read_first(store, ann, image, now)
    (one, _) = people(store, image)
    with pytest.raises(InvalidDecision, match="Move it back"):
        decide(store, bea, one.id, now, at=9000.0)
    assert as_second(store, image, bea)[0].state == "open"


def test_only_blind_images_that_one_annotator_did_alone_are_drawn(store, add_people, add_account, ann, bea, now):
    image = all_drawn(store, add_people)
    one, other = people(store, image)
    decide(store, ann, one.id, now)
    decide(store, bea, other.id, now)
    with store.reading() as tx:
        assert readings.hidden_from(tx, add_account(store, "cleo")) == set()
        (pool,) = images.list_images(tx, split="train")
    for person in people(store, pool):
        decide(store, ann, person.id, now, kind="skip")
    with store.reading() as tx:
        assert readings.reread(tx).waiting == 0


def test_nobody_is_drawn_where_there_is_nobody_else_or_it_is_switched_off(store, add_people, ann, bea, now):
    image = all_drawn(store, add_people)
    with store.transaction() as tx:
        users.disable(tx, bea.id)
    read_first(store, ann, image, now)
    with store.reading() as tx:
        assert readings.reread(tx).waiting == 0
    (second,) = add_people(store, split="validation")
    with store.transaction() as tx:
        users.enable(tx, bea.id)
        assert readings.set_share(tx, 0.0) == 1.0
    read_first(store, ann, second, now)
    with store.reading() as tx:
        assert readings.reread(tx).waiting == 0


def test_about_the_wanted_share_of_all_people_is_drawn(store, add_people, ann, bea, now):
    add_people(store, persons=200)
    kept = add_people(store, count=40, split="validation")
    with store.transaction() as tx:
        project_row(tx).secret = "s" * 64
        readings.set_share(tx, 0.08)  # 19 of 240, which are 48 % of those of validation
    for image in kept:
        read_first(store, ann, image, now)
    with store.reading() as tx:
        assert readings.reread(tx).waiting == pytest.approx(19, abs=10)


@pytest.mark.parametrize("twice", [0.6, -0.1, float("nan")])
def test_a_share_that_cannot_be_is_refused(store, add_people, twice):
    add_people(store)
    with store.transaction() as tx, pytest.raises(InvalidDecision, match="0 switches it off"):
        readings.set_share(tx, twice)


def test_the_usual_share_is_five_percent(store, add_people):
    add_people(store)
    with store.reading() as tx:
        assert readings.share(tx) == 0.05


def test_a_claim_looks_for_second_readings_in_an_index(sqlite_store, add_people, add_account, now):
    """SQLite's plan does not depend on how full its tables are."""
    all_drawn(sqlite_store, add_people)
    plans = []

    def explain(connection, _cursor, statement, parameters, _context, _many):
        if statement.startswith("SELECT"):
            plans.extend(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters))

    bea = add_account(sqlite_store, "bea")
    with sqlite_store.transaction() as tx:
        tx.execute(text("SELECT 1"))
        event.listen(tx.connection(), "before_cursor_execute", explain)
        queue.claim(tx, bea, now=now, lease_s=60)
    assert any("second_readings USING" in plan and "ix_second_readings_waiting" in plan for plan in plans), plans
    assert not any(plan.startswith("SCAN second_readings") for plan in plans), plans
