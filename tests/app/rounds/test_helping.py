"""A free worker scores shards of another one's round."""

import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from app.processes.lease import Lease
from app.rounds.errors import LearningError
from app.rounds.helping import GIVES_WAY_S, WORTH_SHARDS, help_round, round_to_help
from db.clock import utc_now
from db.rounds import events, holding, rounds, stopping
from db.rounds.workers import Worker
from sspcm.config import RoundConfig
from sspcm.shard_files import Scoring, begin_scoring
from tests.app.rounds.round_home import Home
from tests.waiting import until

SHARING = str(Path(__file__).with_name("stand_in_sharing.py"))
OWNER = Worker("one", host="a", process=1, version="1", started_at=utc_now(), token="t")


def command(pace: float) -> tuple[str, ...]:
    return sys.executable, SHARING, str(pace), "score"


@pytest.fixture
def scored(home: Home) -> Home:
    """Round 1 of six people, of which worker `one` scores the pool."""
    home.add("a.jpg", *[home.labelled() for _ in range(6)])
    home.freeze(RoundConfig())
    with home.store.transaction() as tx:
        assert holding.take(tx, 1, 1, OWNER) is not None
        rounds.start(tx, home.round().id)
    home.settings = replace(home.settings, worker="two", database_url="postgresql://a/b")
    return home


def shards(home: Home) -> Scoring:
    return begin_scoring(home.folder(), persons=1, shards=6)


def test_a_round_is_helped_with_while_another_worker_scores_and_shards_are_left(scored: Home) -> None:
    home = scored
    assert round_to_help(home.store, home.settings) is None, "it trains"
    scoring = shards(home)
    found = round_to_help(home.store, home.settings)
    assert found is not None and (found.number, found.attempt) == (1, 1)
    assert round_to_help(home.store, replace(home.settings, worker="one")) is None, "its own"
    for number in range(7 - WORTH_SHARDS):
        scoring.take(home.folder(), number)
    assert round_to_help(home.store, home.settings) is None, "the owner has begun the rest before we are there"


def test_no_round_is_helped_with_that_waits_is_told_to_stop_or_is_not_there(scored: Home, home: Home) -> None:
    shards(home)
    with home.store.transaction() as tx:
        stopping.cancel(tx, 1, user=home.lead, worker_runs=True)
    assert round_to_help(home.store, home.settings) is None
    with home.store.transaction() as tx:
        rounds.fail(tx, home.round().id, "stopped")
        stopping.go_on(tx, 1, user=home.lead)
    assert home.round().state == "queued"
    assert round_to_help(home.store, home.settings) is None


def test_help_does_all_that_is_left_and_says_where_it_is(scored: Home) -> None:
    home, said = scored, list[str]()
    scoring = shards(home)
    scoring.take(home.folder(), 0)
    help_round(home.store, home.settings, 1, 1, say=said.append, command=command(0.3))
    assert all(scoring.is_there(home.folder(), number) for number in range(6))
    told_of = [f"scores round 1, shard {number} of 6" for number in (2, 3, 4, 5, 6, 1)]
    assert said and said == told_of[: len(said)], "what it says last may come as it ends"
    help_round(home.store, home.settings, 1, 1, command=command(0))
    with home.store.reading() as tx:
        told = [one.what for one in events.story(tx, home.round().id)]
    assert told.count("worker 'two' scores shards of it, too") == 1


def test_help_gives_way_to_a_job_that_goes_on_waiting_and_not_to_one_that_is_taken(scored: Home) -> None:
    home = scored
    began, scoring, looks = time.monotonic(), shards(home), list[bool]()

    def waits() -> bool:
        """At the first look, not at the second, and again once the scorer has begun."""
        looks.append(not looks or (len(looks) > 1 and scoring.free(home.folder()) == 5))
        return looks[-1]

    help_round(home.store, home.settings, 1, 1, others_wait=waits, command=command(600))
    assert GIVES_WAY_S <= time.monotonic() - began < 60
    assert looks[:2] == [True, False], "the one that was taken"
    assert scoring.free(home.folder()) == 5, "what it had begun is left to others"


@pytest.mark.parametrize("how", ["cancelled", "elsewhere"])
def test_help_ends_at_once_when_it_is_not_wanted(scored: Home, how: str) -> None:
    home, ended = scored, list[float]()
    shards(home)

    def work() -> None:
        help_round(home.store, home.settings, 1, 1, command=command(600))
        ended.append(time.monotonic())

    thread = threading.Thread(target=work)
    thread.start()
    until((home.folder() / "scorers").exists)
    began = time.monotonic()
    with home.store.transaction() as tx:
        if how == "cancelled":
            stopping.cancel(tx, 1, user=home.lead, worker_runs=True)
        else:
            holding.move(tx, home.round().id, OWNER, attempt=2)
    thread.join(60)
    assert ended and ended[0] - began < 30, "half a second on a machine that does nothing else"
    help_round(home.store, home.settings, 1, 1, command=("/nowhere",))  # not even begun


def test_a_scorer_that_ends_badly_is_quoted(scored: Home) -> None:
    home = scored
    shards(home)
    with pytest.raises(LearningError, match=r"scorer ended with status 2; .*can't open file"):
        help_round(home.store, home.settings, 1, 1, command=(sys.executable, "/nowhere/scorer.py"))


def test_a_worker_that_can_give_no_sign_helps_no_longer(scored: Home) -> None:
    home, lease = scored, Lease(1.0)
    shards(home)
    lease.renew(time.monotonic() + 2)
    began = time.monotonic()
    help_round(home.store, home.settings, 1, 1, command=command(600), lease=lease)
    assert 2 < time.monotonic() - began < 30
