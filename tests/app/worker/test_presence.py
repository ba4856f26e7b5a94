"""A worker's name, its signs of life, and what it may not do once others have its jobs."""

import logging
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app.worker import presence as module
from app.worker.presence import NameInUse, Presence
from db.errors import WorkerLost
from db.rounds import workers
from db.store.session import open_store
from tests.app.worker.place import Place
from tests.waiting import until


class Ended(Exception):
    """The process would have ended."""


@pytest.fixture(autouse=True)
def _stays(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def end(status: int) -> None:
        raise Ended(status)

    monkeypatch.setattr(module.os, "_exit", end)
    yield


def another(place: Place, one: Presence, **known: object) -> Presence:
    """A worker under the same name, in another process."""
    return Presence(place.store, replace(one.worker, token="another", **known), alone=False)  # type: ignore[arg-type]


def test_a_name_in_use_is_refused_once_its_worker_is_heard_of_again(shared_place: Place) -> None:
    one = shared_place.presence()

    def sign(_seconds: float) -> None:
        one.sign()

    two = another(shared_place, one, machine="elsewhere")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module.time, "sleep", sign)
        with pytest.raises(NameInUse, match=rf"another worker \(process {os.getpid()} on .* wanted one name each"):
            two.arrive()
    with pytest.raises(WorkerLost), two.store.transaction():
        pass


def test_a_name_is_free_where_its_process_has_ended_on_this_machine(shared_place: Place) -> None:
    one = shared_place.presence()
    with shared_place.store.transaction() as tx:
        workers.arrive(tx, replace(one.worker, process=2**22 + 1))
    two = another(shared_place, one)
    began = time.monotonic()
    two.arrive()
    assert time.monotonic() - began < 5
    assert two.sign()


def test_a_silent_worker_elsewhere_gives_its_name_up_after_its_lease(shared_place: Place) -> None:
    one = shared_place.presence()
    with shared_place.store.transaction() as tx:
        workers.arrive(tx, replace(one.worker, lease_s=1.5))
    two = another(shared_place, one, machine="elsewhere")
    two.arrive()
    with pytest.raises(Ended), pytest.MonkeyPatch.context():
        one.sign()  # the first one is told that it has lost its name


def test_whoever_lost_its_jobs_ends_and_writes_nothing(either_place: Place, caplog: pytest.LogCaptureFixture) -> None:
    one = either_place.presence()
    assert one.sign()
    with one.store.transaction():
        pass
    with either_place.store.transaction() as tx:
        workers.arrive(tx, replace(one.worker, token="another"))
    with pytest.raises(WorkerLost), one.store.transaction():
        pass
    with pytest.raises(WorkerLost), one.store_of_rounds.transaction():
        pass
    with pytest.raises(Ended, match="1"):
        one.sign()
    assert "others have its jobs, so it ends" in caplog.text


def test_it_says_what_it_does_and_that_it_was_told_to_end(either_place: Place) -> None:
    one = either_place.presence()
    with one.activity.of("round 3, train"):
        one.sign()
    with either_place.store.reading() as tx:
        found = workers.named(tx, one.worker.name)
    assert found is not None and (found.doing, found.is_here) == ("round 3, train", True)
    with pytest.raises(Ended, match="0"):
        one.leave()
    with either_place.store.reading() as tx:
        found = workers.named(tx, one.worker.name)
    assert found is not None and found.ended


def test_one_of_all_workers_does_what_one_is_to_do(shared_place: Place) -> None:
    one = shared_place.presence()
    two = another(shared_place, one, name="a")
    two.arrive()
    for each in (one, two):
        each.sign()
    assert (one.is_first, two.is_first) == (False, True)


def test_a_sign_puts_off_the_end_of_what_the_worker_started(shared_place: Place) -> None:
    one = shared_place.presence()
    one.sign()
    until_then = one.lease.until
    assert time.monotonic() < until_then < time.monotonic() + 30.1
    time.sleep(0.01)
    one.sign()
    assert one.lease.until > until_then


def test_a_store_that_is_away_puts_nothing_off_and_after_it_nobody_is_judged_for_a_lease(
    shared_place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    one = shared_place.presence()
    hear_for_a_lease(one)
    assert one.may_judge_others(moment(shared_place))
    there, one._bare = one._bare, open_store("postgresql+psycopg://nobody@127.0.0.1:9/none")
    until_then = one.lease.until
    assert not one.sign()
    assert one.lease.until == until_then
    assert not one.may_judge_others(moment(shared_place))
    one._bare.close()
    one._bare = there
    assert one.sign()
    assert not one.may_judge_others(moment(shared_place))
    until(lambda: "cannot be reached" in caplog.text)


def test_a_worker_that_began_just_now_or_stood_still_judges_nobody_for_a_lease(shared_place: Place) -> None:
    one = shared_place.presence()
    assert not one.may_judge_others(moment(shared_place)), "not even a sign was taken"
    assert one.sign()
    assert not one.may_judge_others(moment(shared_place))
    hear_for_a_lease(one)
    now, long = moment(shared_place), timedelta(seconds=one.worker.lease_s)
    assert one.may_judge_others(now)
    assert not one.may_judge_others(now + long), "it stood still since its last sign"
    one._heard_at = now - long
    assert one.sign()
    assert not one.may_judge_others(moment(shared_place)), "and so it did before this one"


def hear_for_a_lease(one: Presence) -> None:
    """The store heard it as long as that: nobody waits, and no pause of the machine is a gap."""
    assert one.sign()
    one._heard_since -= one.worker.lease_s


def moment(place: Place) -> datetime:
    """By the store's clock."""
    with place.store.reading() as tx:
        return workers.store_now(tx)


def test_the_one_worker_of_a_file_judges_nobody_and_is_never_late(place: Place) -> None:
    one = place.presence()
    assert one.sign()
    assert one.lease.until == float("inf")
    assert one.is_first and not one.may_judge_others(moment(place))
    assert one.every_s == 10.0
