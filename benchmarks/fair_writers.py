"""How long writers of one process wait for each other on a busy machine: SQLite's own waiting, and turns.

    python benchmarks/fair_writers.py [--clients 30] [--seconds 30] [--busy 4]

Each client takes an image, saves its person's pose, beats and lets go, one after the other without a pause, in a thread
of its own, as the server's threads do; --busy processes count beside them. Once as the store was until November 2026
(every thread asks SQLite for the lock, its busy handler polls for 30 s at most, nothing is synced), once as it is, with
db/store/turns.py and every accept on disk; in the order before, now, now, before. One JSON line: transactions, p50, p95
and longest wait for a transaction to begin (s), and how many were told that the store is locked or busy.
"""

import argparse
import json
import multiprocessing
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.contract.labelling import AcceptMessage
from app.labelling import decisions, tasks
from db.errors import StoreBusy
from db.people import users
from db.pool import images, project
from db.records import NewImage, NewPerson, UserRecord
from db.store.session import Store, migrate, open_store
from sspcm.pose import Box
from sspcm.skeletons.skeleton import get_skeleton


class Timed(Store):
    """A store that notes how long each transaction waited before it began."""

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[Session]:
        """As the store's own."""
        asked = time.perf_counter()
        with super().transaction(durable=durable) as tx:
            WAITS.append(time.perf_counter() - asked)
            yield tx


class AsItWas(Timed):
    """Every thread asks SQLite for the lock."""

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[Session]:
        """BEGIN IMMEDIATE, and SQLite's busy handler waits."""
        asked = time.perf_counter()
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            session.connection()
            WAITS.append(time.perf_counter() - asked)
            yield session


WAITS: list[float] = []


def old_store(url: str) -> Store:
    """The store at `url` with connections as they were."""
    engine = create_engine(url, pool_size=10, max_overflow=50, connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("busy_timeout = 30000", "journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql(f"PRAGMA query_only = {int(reading)}")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return AsItWas(url, engine)


def main() -> None:
    """Build a store, measure both ways, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=30, help="of each way, in two parts")
    parser.add_argument("--busy", type=int, default=4, help="processes that count beside the clients")
    options = parser.parse_args()
    stop = multiprocessing.Event()
    beside = [multiprocessing.Process(target=count, args=(stop,)) for _ in range(options.busy)]
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'store.db'}"
        migrate(url)
        store = open_store(url)
        people = fill(store, options.clients)
        for one in beside:
            one.start()
        waits: dict[str, list[float]] = {"before": [], "now": []}
        errors: dict[str, list[str]] = {"before": [], "now": []}
        for name in ("before", "now", "now", "before"):
            opened = old_store(url) if name == "before" else timed(url)
            waits[name] += run(opened, people, options.seconds / 2, errors[name])
        told = {name: summary(waits[name], errors[name]) for name in waits}
        stop.set()
        for one in beside:
            one.join()
        store.close()
    print(json.dumps({"benchmark": "fair_writers", "clients": options.clients, "busy": options.busy, **told}))


def timed(url: str) -> Store:
    """The store as it is."""
    opened = open_store(url)
    return Timed(opened.url, opened._engine, opened._turns)


def count(stop: Any) -> None:
    """Use a core."""
    number = 0
    while number % 100_000 or not stop.is_set():
        number += 1


def fill(store: Store, clients: int) -> list[UserRecord]:
    """40 images of one person for each client, and their accounts."""
    with store.transaction() as tx:
        project.ensure_project(tx, name="writers", skeleton=get_skeleton("coco-17"))
        for number in range(40 * clients):
            image = NewImage(f"{number:064x}", f"{number:05d}.jpg", 640, 480, "hall", number, "train")
            images.add_image(tx, image, [NewPerson(Box(40.0, 60.0, 40.0, 80.0))])
        return [users.add_user(tx, f"annotator {i}", "annotator", "correct horse") for i in range(clients)]


def run(store: Store, people: list[UserRecord], seconds: float, errors: list[str]) -> list[float]:
    """All clients at once; how long each transaction waited, in s."""
    WAITS.clear()
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=label, args=(store, user, until, errors)) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store.close()
    return list(WAITS)


def summary(waits: list[float], errors: list[str]) -> dict[str, float]:
    """For the JSON line."""
    ordered = sorted(waits)
    return {
        "transactions": len(ordered),
        "p50_s": round(ordered[len(ordered) // 2], 3),
        "p95_s": round(ordered[int(0.95 * len(ordered))], 3),
        "longest_s": round(ordered[-1], 3),
        "told_locked_or_busy": len(errors),
    }


def label(store: Store, user: UserRecord, until: float, errors: list[str]) -> None:
    """One annotator who never rests."""
    number = 0
    while time.monotonic() < until:
        number += 1
        try:
            task = tasks.next_task(store, user, exclude=[], lease_s=120)
            if task is None:
                return
            person = task.persons[0]
            message = AcceptMessage(
                key=f"{user.name}-{number}-{until}",
                person_id=person.id,
                revision=person.revision,
                xyv=[[50.0 + k, 70.0 + k, 2.0] for k in range(17)],
                touched=[True] * 17,
            )
            decisions.accept(store, user, message, lease_s=120)
            tasks.heartbeat(store, user, [task.image.id], lease_s=120)
            tasks.release(store, user, [task.image.id])
        except (OperationalError, StoreBusy) as error:
            errors.append(str(error))


if __name__ == "__main__":
    main()
