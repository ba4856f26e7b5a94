"""A round is one worker's at a time; whoever lost it, or its jobs, writes nothing more."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from db.errors import RoundLost, WorkerLost
from db.records import RoundRecord, UserRecord
from db.rounds import events, holding, predictions, rankings, rounds, workers
from db.rounds.workers import Worker
from db.store.session import Store, open_store

NOW = datetime(2030, 5, 1, 12, 0, tzinfo=UTC)


def worker(name: str, **known: object) -> Worker:
    made = Worker(name, f"host-{name}", 7, "1", NOW, machine=f"m-{name}", token=f"token-{name}", lease_s=20.0)
    return replace(made, **known)  # type: ignore[arg-type]


def of(store: Store, one: Worker) -> Store:
    return store.beginning_with(partial(workers.require_here, worker=one, in_rounds=True))


@pytest.fixture
def launched(store: Store, add_people: Callable[..., object], add_account: Callable[..., UserRecord]) -> RoundRecord:
    add_people(store)
    lead = add_account(store, "lena", "lead")
    with store.transaction() as tx:
        for name in ("one", "two"):
            workers.arrive(tx, worker(name))
        return rounds.create(tx, config_toml="", user=lead)


def take(store: Store, name: str, run: int = 1, **known: object) -> holding.Taken | None:
    one = worker(name, **known)
    with of(store, one).transaction() as tx:
        return holding.take(tx, 1, run, one)


WRITES: dict[str, Callable[[Session, int], object]] = {
    "start": rounds.start,
    "freeze": rounds.freeze,
    "progress": lambda tx, i: rounds.report_progress(tx, i, stage="train", progress={}),
    "points": lambda tx, i: rounds.add_points(tx, i, []),
    "forget points": lambda tx, i: rounds.forget_points(tx, i, after=0),
    "predictions": lambda tx, i: predictions.add_predictions(tx, i, []),
    "scores": lambda tx, i: predictions.add_person_scores(tx, i, []),
    "ranking": lambda tx, i: rankings.add_round_ranking(tx, i, []),
    "publish": lambda tx, i: rounds.publish(tx, i, metrics={}, directory="", now=NOW),
    "keep": lambda tx, i: rounds.keep(tx, i, because="worse", metrics={}, directory="", now=NOW),
    "fail": lambda tx, i: rounds.fail(tx, i, "no memory"),
    "move": lambda tx, i: holding.move(tx, i, worker("one"), attempt=3),
}


@pytest.mark.parametrize("write", WRITES)
def test_whoever_lost_a_round_writes_nothing_of_it(store: Store, launched: RoundRecord, write: str) -> None:
    assert take(store, "one") is not None
    with of(store, worker("one")).transaction() as tx:
        rounds.start(tx, launched.id)
    assert take(store, "two") is not None
    own = of(store, worker("one"))
    with pytest.raises(RoundLost, match="worker 'two' goes on with round 1"), own.transaction() as tx:
        WRITES[write](tx, launched.id)
    with store.reading() as tx:
        assert rounds.get(tx, 1).state == "running"


@pytest.mark.parametrize("write", WRITES)
def test_a_worker_whose_jobs_others_have_begins_no_transaction(store: Store, launched: RoundRecord, write: str) -> None:
    take(store, "one")
    with store.transaction() as tx:
        now = workers.store_now(tx) + timedelta(seconds=21)
        workers.beat(tx, worker("two"), now=now)
        assert [lost.worker.name for lost in workers.lose_silent(tx, now=now)] == ["one"]
    with pytest.raises(WorkerLost, match="for over 20 s"), of(store, worker("one")).transaction() as tx:
        WRITES[write](tx, launched.id)
    assert take(store, "two") is not None


def test_a_round_taken_elsewhere_moves_to_a_folder_of_its_own_and_one_taken_again_stays(
    store: Store, launched: RoundRecord
) -> None:
    first = take(store, "one")
    assert first is not None and not first.is_elsewhere
    with store.transaction() as tx:
        workers.arrive(tx, worker("one", token="started anew"))
    again = take(store, "one", token="started anew")
    assert again is not None and not again.is_elsewhere
    other = take(store, "two")
    assert other is not None and other.is_elsewhere
    still = take(store, "two")
    assert still is not None and still.is_elsewhere, "until it has moved"
    with of(store, worker("two")).transaction() as tx:
        assert holding.move(tx, launched.id, worker("two"), attempt=2).attempt == 2
    moved = take(store, "two")
    assert moved is not None and (moved.is_elsewhere, moved.record.attempt) == (False, 2)
    with store.reading() as tx:
        told = [one.what for one in events.story(tx, launched.id)]
    assert told == [
        "launched by lena",
        "the worker was started anew and goes on with it",
        "worker 'two' goes on with it in place of 'one'",
    ]


def test_a_job_of_an_earlier_run_or_of_a_round_that_is_over_takes_nothing(store: Store, launched: RoundRecord) -> None:
    assert take(store, "one", run=2) is None
    with store.transaction() as tx:
        rounds.fail(tx, launched.id, "no memory")
    assert take(store, "one") is None


def test_leads_are_no_workers_and_may_write_to_any_round(store: Store, launched: RoundRecord) -> None:
    take(store, "one")
    with store.transaction() as tx:
        rounds.require_held(tx, launched.id)
        rounds.report_progress(tx, launched.id, stage="train", progress={})


def test_a_worker_that_stands_still_within_a_transaction_holds_nobody_up(
    postgres_url: str, add_people: Callable[..., object]
) -> None:
    store, other, one = open_store(postgres_url), open_store(postgres_url), worker("one", lease_s=2.0)
    with store.transaction() as tx:
        workers.arrive(tx, one)
    with pytest.raises(DBAPIError) as told, of(store, one).transaction() as tx:
        for _ in range(30):
            time.sleep(0.1)
            with other.transaction() as watching:
                if workers.lose_silent(watching):
                    break
        tx.scalar(select(1))
    assert told.value.connection_invalidated
    with other.reading() as tx:
        found = workers.named(tx, "one")
    assert found is not None and found.lost
    store.close()
    other.close()


def test_a_worker_in_the_middle_of_a_transaction_loses_its_jobs_only_after_it(
    postgres_url: str, add_people: Callable[..., object]
) -> None:
    store, other = open_store(postgres_url), open_store(postgres_url)
    one = worker("one")
    with store.transaction() as tx:
        workers.arrive(tx, one)
        later = workers.store_now(tx) + timedelta(seconds=60)
    with of(store, one).transaction(), other.transaction() as tx:
        assert workers.lose_silent(tx, now=later) == []
        assert workers.beat(tx, one), "its sign of life waits for no transaction of its own"
    with store.transaction() as tx:
        assert len(workers.lose_silent(tx, now=later)) == 1
    store.close()
    other.close()
