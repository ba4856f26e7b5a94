from datetime import timedelta

from sqlalchemy import insert

from db.rounds.host_signs import seconds_since_sign
from db.rounds.workers import store_now
from db.schema import WorkerRow
from db.store.session import Store


def seconds(store: Store, host: str) -> float | None:
    with store.reading() as tx:
        return seconds_since_sign(tx, host)


def add(store: Store, name: str, host: str, *, ago_s: float, ended: bool = False) -> None:
    with store.transaction() as tx:
        now = store_now(tx)
        seen_at = now - timedelta(seconds=ago_s)
        row = {"name": name, "host": host, "process": 7, "version": "1", "started_at": now, "seen_at": seen_at}
        tx.execute(insert(WorkerRow), [{**row, "ended_at": seen_at if ended else None}])


def test_only_this_machines_newest_running_worker_counts(store: Store) -> None:
    assert seconds(store, "x") is None
    add(store, "ended", "x", ago_s=1, ended=True)
    add(store, "elsewhere", "y", ago_s=1)
    assert seconds(store, "x") is None
    add(store, "old", "x", ago_s=500)
    add(store, "new", "x", ago_s=90)
    found = seconds(store, "x")
    assert found is not None and 89 < found < 300


def test_a_clock_that_was_set_back_makes_no_sign_of_the_future(store: Store) -> None:
    add(store, "ahead", "x", ago_s=-1000)
    assert seconds(store, "x") == 0.0
