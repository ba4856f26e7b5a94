"""Every worker in words."""

from datetime import UTC, datetime, timedelta

from app.processes.workers_told import workers_told
from db.rounds import workers
from db.rounds.workers import Worker
from db.store.session import Store

BEGAN = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


def put(store: Store, name: str, seconds: float, *, doing: str | None = None, ended: bool = False) -> Worker:
    worker = Worker(name, f"host-{name}", 7, "1", BEGAN, device="cuda", token=name)
    with store.transaction() as tx:
        now = workers.store_now(tx) - timedelta(seconds=seconds)
        workers.arrive(tx, worker, now=now)
        workers.beat(tx, worker, doing=doing, doing_since=BEGAN if doing else None, now=now)
        if ended:
            workers.end(tx, worker, now=now)
    return worker


def test_each_says_what_it_does_and_when_it_was_heard_of(store: Store) -> None:
    assert workers_told(store).model_dump() == {"words": "No worker runs now.", "workers": []}
    put(store, "busy", 1, doing="round 3, train")
    put(store, "ended", 200, ended=True)
    put(store, "idle", 5)
    put(store, "silent", 50, doing="round 2, score")
    put(store, "lost", 90)
    with store.transaction() as tx:
        workers.lose_silent(tx)
    found = workers_told(store)
    assert found.words.startswith("2 workers run.")
    assert [(one.name, one.state, one.doing, one.heard) for one in found.workers] == [
        ("busy", "works", "round 3, train", "1 s ago"),
        ("ended", "ended", "was ended", "3 min ago"),
        ("idle", "waits", "waits for a round or a model", "5 s ago"),
        ("lost", "lost", "others have its jobs", "2 min ago"),
        ("silent", "silent", "round 2, score, when it was heard of last", "50 s ago"),
    ]
    assert [one.since is not None for one in found.workers] == [True, False, False, False, False]
    assert found.workers[0].device == "cuda"


def test_one_worker_is_no_several(store: Store) -> None:
    put(store, "local", 0)
    assert workers_told(store).words == "One worker runs."
