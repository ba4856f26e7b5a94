"""Rounds are stopped, gone on with, and deleted; labels stay what they are."""

from datetime import timedelta

import numpy as np
import pytest

from db.errors import NotFound, RoundActive, RoundCancelled, RoundOver
from db.pool.persons import list_persons
from db.records import KeypointFlag, PersonScore, RankingEntry, RoundPoint
from db.rounds import events, predictions, rankings, rounds, stopping
from sspcm.pose import Prediction


@pytest.fixture
def running(store, pool, lead):
    """A round that the worker has begun."""
    with store.transaction() as tx:
        launched = rounds.create(tx, config_toml="seed = 1", user=lead)
        rounds.start(tx, launched.id)
    return launched


def cancel(store, lead, *, worker_runs=True, number=1):
    with store.transaction() as tx:
        return stopping.cancel(tx, number, user=lead, worker_runs=worker_runs)


def state(store, number=1):
    with store.reading() as tx:
        return rounds.get(tx, number).state


def test_a_round_that_waits_is_cancelled_at_once_and_another_may_be_launched(store, pool, lead):
    with store.transaction() as tx:
        rounds.create(tx, config_toml="", user=lead)
    assert cancel(store, lead).state == "cancelled"
    with store.transaction() as tx:
        assert rounds.create(tx, config_toml="", user=lead).number == 2


def test_a_running_round_is_being_cancelled_until_its_worker_noticed(store, running, lead):
    with store.reading() as tx:
        assert not stopping.is_cancelled(tx, running.id)
    assert cancel(store, lead).state == cancel(store, lead).state == "cancelling"
    with store.transaction() as tx:
        assert stopping.is_cancelled(tx, running.id)
        with pytest.raises(RoundActive, match="round 1, launched by lea, is cancelling"):
            rounds.create(tx, config_toml="", user=lead)
        with pytest.raises(RoundCancelled, match="was told to stop"):
            rounds.report_progress(tx, running.id, stage="train", progress={})
    with store.transaction() as tx:  # what the worker's job ends with, whatever stopped it
        rounds.fail(tx, running.id, "the trainer was stopped")
    with store.reading() as tx:
        record, told = rounds.get(tx, 1), events.story(tx, running.id)
    assert (record.state, record.error) == ("cancelled", None) and record.finished_at is not None
    assert [one.what for one in told][2:] == [
        "told to stop by lea",
        "stopped in the stage 'freeze'; what was finished is kept",
    ]


def test_a_running_round_without_a_worker_stops_at_once_and_its_late_words_are_refused(store, running, lead):
    assert cancel(store, lead, worker_runs=False).state == "cancelled"
    with store.transaction() as tx:
        assert stopping.is_cancelled(tx, running.id)
        with pytest.raises(RoundOver, match="round 1 is cancelled"):
            rounds.add_points(tx, running.id, [RoundPoint(1, {"loss": 1.0})])


def test_a_round_that_ended_is_not_cancelled(store, running, lead):
    with store.transaction() as tx:
        rounds.fail(tx, running.id, "no memory left")
    with pytest.raises(RoundOver, match="round 1 is failed; wanted one that is queued or running"):
        cancel(store, lead)
    with pytest.raises(NotFound, match="there is no round 7"):
        cancel(store, lead, number=7)


@pytest.mark.parametrize("end", ["failed", "cancelled"])
def test_a_round_is_gone_on_with_as_the_same_one_with_the_same_labels(store, running, lead, now, end):
    with store.transaction() as tx:
        rounds.freeze(tx, running.id, now=now)
        if end == "cancelled":
            stopping.cancel(tx, 1, user=lead, worker_runs=True)
        rounds.fail(tx, running.id, "no memory left")
        assert rounds.get(tx, 1).state == end
        again = stopping.go_on(tx, 1, user=lead)
        assert (again.id, again.state, again.run, again.error, again.finished_at) == (
            running.id,
            "queued",
            2,
            None,
            None,
        )
        rounds.start(tx, running.id)
        assert rounds.get(tx, 1).state == "running"
        assert rounds.freeze(tx, running.id, now=now + timedelta(days=1)) == rounds.frozen(tx, running.id)


def test_going_on_keeps_to_one_round_at_a_time(store, running, lead):
    refused = pytest.raises(RoundOver, match="round 1 is running; wanted one that failed or was cancelled")
    with refused, store.transaction() as tx:
        stopping.go_on(tx, 1, user=lead)
    cancel(store, lead, worker_runs=False)
    with store.transaction() as tx:
        rounds.create(tx, config_toml="", user=lead)
    with pytest.raises(RoundActive, match="round 2, launched by lea, is queued"), store.transaction() as tx:
        stopping.go_on(tx, 1, user=lead)
    assert (state(store, 1), state(store, 2)) == ("cancelled", "queued")


def test_a_deleted_round_leaves_nothing_but_its_number(store, running, pool, lead, now):
    with store.transaction() as tx:
        person_ids = [person.id for person in list_persons(tx)]
        said = [(i, Prediction(np.zeros((17, 3)), "C")) for i in person_ids]
        predictions.add_predictions(tx, running.id, said)
        scores = [PersonScore(i, 0.5, (0.5,) * 17, (KeypointFlag(0, 0.5, "far apart"),)) for i in person_ids]
        predictions.add_person_scores(tx, running.id, scores)
        rankings.add_round_ranking(tx, running.id, [RankingEntry(image.id, n, 0.5, ()) for n, image in enumerate(pool)])
        rounds.add_points(tx, running.id, [RoundPoint(1, {"loss": 1.0})])
        with pytest.raises(RoundOver, match=r"round 1 is running.*cancel it first"):
            stopping.forget(tx, 1)
        rounds.keep(tx, running.id, because="no gain", metrics={}, directory="rounds/0001/attempt-1", now=now)
        stopping.forget(tx, 1)
    with store.transaction() as tx:
        assert rounds.latest(tx) == [] and predictions.for_persons(tx, person_ids, round_number=1) == {}
        assert rounds.create(tx, config_toml="", user=lead).number == 2


def test_a_published_round_stays(store, running, pool, now):
    with store.transaction() as tx:
        rankings.add_round_ranking(tx, running.id, [RankingEntry(pool[0].id, 0, 0.5, ())])
        rounds.publish(tx, running.id, metrics={}, directory="rounds/0001/attempt-1", now=now)
        with pytest.raises(RoundOver, match="labels began at its predictions"):
            stopping.forget(tx, 1)
