from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from alembic import command
from sqlalchemy import create_engine, inspect

from db.rounds import workers
from db.rounds.workers import Worker, WorkerSeen
from db.store.migrating import alembic_config
from db.store.session import migrate, open_store


@pytest.fixture
def worker(now):
    return Worker("local", host="gpu-box", process=4711, version="1", started_at=now)


def seen(store, **moment):
    with store.reading() as tx:
        return workers.latest(tx, **moment)


def arrive(store, worker, **moment):
    with store.transaction() as tx:
        workers.arrive(tx, worker, **moment)


def test_before_any_worker_there_is_none(store):
    assert seen(store) is None


def test_a_worker_is_told_with_the_time_since_its_last_sign(store, worker, now):
    arrive(store, worker, now=now)
    arrive(store, worker, now=now + timedelta(seconds=10))
    later = now + timedelta(seconds=190)
    assert seen(store, now=later) == WorkerSeen(worker, now + timedelta(seconds=10), 180.0, ended=False)


def test_the_next_worker_takes_the_place_of_one_that_ended(store, worker, now):
    arrive(store, worker, now=now)
    with store.transaction() as tx:
        workers.end(tx, worker, now=now + timedelta(seconds=3))
    assert seen(store, now=now + timedelta(seconds=63)) == WorkerSeen(
        worker, now + timedelta(seconds=3), 60.0, ended=True
    )
    second = replace(worker, process=4712)
    arrive(store, second, now=now + timedelta(seconds=70))
    assert seen(store, now=now + timedelta(seconds=70)) == WorkerSeen(
        second, now + timedelta(seconds=70), 0.0, ended=False
    )


@pytest.mark.parametrize("other", [{"process": 4712}, {"host": "laptop"}])
def test_a_late_goodbye_does_not_end_the_next_worker(store, worker, now, other):
    arrive(store, worker, now=now)
    arrive(store, replace(worker, **other), now=now)
    with store.transaction() as tx:
        workers.end(tx, worker, now=now)
    assert not seen(store, now=now).ended


def test_a_clock_that_was_set_back_makes_no_age_below_zero(store, worker, now):
    arrive(store, worker, now=now)
    assert seen(store, now=now - timedelta(hours=1)).seconds == 0


def test_by_default_the_stores_own_clock_counts(store, worker):
    arrive(store, worker)
    told = seen(store)
    assert told.seconds < 60
    assert abs((told.seen_at - datetime.now(UTC)).total_seconds()) < 60


@pytest.mark.parametrize("earlier", ["0001", "0002", "0003", "0004", "0005", "0006"])
def test_homes_of_every_earlier_schema_get_workers_and_the_queues_whole_index(empty_url, earlier, worker, tmp_path):
    migrate(empty_url)
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        command.downgrade(alembic_config(connection), earlier)
    migrate(empty_url, copies=tmp_path)
    store = open_store(empty_url)
    arrive(store, worker)
    assert seen(store).worker == worker
    store.close()
    (queue,) = (one for one in inspect(engine).get_indexes("ranking_entries") if one["name"].endswith("_queue"))
    engine.dispose()
    assert queue["column_names"] == ["ranking_id", "is_open", "position", "image_id"]


def test_a_home_of_the_very_first_form_gets_the_queues_whole_index(empty_url, tmp_path):
    migrate(empty_url)
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        command.downgrade(alembic_config(connection), "0006")
        connection.exec_driver_sql("DROP INDEX ix_ranking_entries_queue")
        connection.exec_driver_sql(
            "CREATE INDEX ix_ranking_entries_queue ON ranking_entries (ranking_id, is_open, position)"
        )
    migrate(empty_url, copies=tmp_path)
    indexes = {one["name"]: one["column_names"] for one in inspect(engine).get_indexes("ranking_entries")}
    engine.dispose()
    assert indexes["ix_ranking_entries_queue"][-1] == "image_id"


def test_a_worker_says_what_it_does_and_one_that_lost_its_name_is_told(store, worker, now):
    arrive(store, worker, now=now)
    with store.transaction() as tx:
        assert workers.beat(tx, worker, doing="round 3, train", doing_since=now, now=now)
    assert (seen(store, now=now).doing, seen(store, now=now).doing_since) == ("round 3, train", now)
    arrive(store, replace(worker, token="another"), now=now)
    assert seen(store, now=now).doing is None
    with store.transaction() as tx:
        assert not workers.beat(tx, worker, now=now)


def test_of_several_the_one_that_is_here_is_told_before_one_that_ended_later(store, worker, now):
    other = replace(worker, name="other", process=8)
    arrive(store, worker, now=now)
    arrive(store, other, now=now)
    with store.transaction() as tx:
        workers.end(tx, other, now=now + timedelta(seconds=5))
    assert seen(store, now=now + timedelta(seconds=6)).worker.name == "local"
    with store.reading() as tx:
        told = workers.everybody(tx, now=now + timedelta(seconds=6))
        assert workers.named(tx, "nobody") is None
    assert [(one.worker.name, one.is_here) for one in told] == [("local", True), ("other", False)]


def test_only_whoever_went_unheard_for_its_own_lease_loses_its_jobs(store, worker, now):
    for name, lease_s in (("patient", 100.0), ("hasty", 10.0)):
        arrive(store, replace(worker, name=name, lease_s=lease_s), now=now)
    with store.transaction() as tx:
        lost = workers.lose_silent(tx, now=now + timedelta(seconds=11))
        assert [one.worker.name for one in lost] == ["hasty"]
        assert workers.lose_silent(tx, now=now + timedelta(seconds=12)) == [], "once"


def test_workers_that_were_lost_long_ago_are_forgotten(store, worker, now):
    arrive(store, worker, now=now)
    later = now + timedelta(days=8)
    with store.transaction() as tx:
        workers.lock_jobs(tx)
        workers.forget_old(tx, now=later)
        assert len(workers.everybody(tx, now=later)) == 1, "all machines may have stood still: nobody judged it"
        workers.lose_silent(tx, now=now + timedelta(days=1))
        workers.forget_old(tx, now=now + timedelta(days=6))
        assert len(workers.everybody(tx, now=now)) == 1
        assert workers.everybody(tx, now=later) == []
        workers.forget_old(tx, now=later)
    assert seen(store) is None
