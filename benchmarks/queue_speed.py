"""How fast the queue gives the next image and takes an accept, in a small home and in a large one.

    python -P -m benchmarks.queue_speed [--persons 10000 [1000000]] [--postgresql] [--parts server publish clients loop]
                                        [--homes DIR]

Homes are those of benchmarks/large_home.py; --homes keeps them, and finds them again. Parts:

server    next and accept by the functions that the server calls, in this process, the sizes image by image in turns:
          wall time with the commit to the disk, and CPU time of this process. pair: a next and the accept after it.
          fsync: of 4 kB into a file beside the home, between them.
publish   each next and accept in this process while another stores the next round's predictions by the worker's own
          functions (--predictions of them, five a person), ranks all images and publishes; by stage.
clients   50 annotators over HTTP on a real server of the largest home, who think 2 s before each accept.
loop      30 annotators who do not think.

One JSON line: p50, p95 and longest of each in ms, what went wrong by its words, and large over small of the p95s.
"""

import argparse
import http.client
import json
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import select

from app.contract.labelling import AcceptMessage, PersonPayload
from app.demo.client import OTHER_HOMES, free_port
from app.labelling import decisions, tasks
from app.rounds.scoring import PoolPredictions, _store_in_batches
from benchmarks.large_home import SIGNED_IN, home_of, people_of
from db.clock import utc_now
from db.people import users
from db.records import KeypointFlag, PersonScore, RankingEntry, UserRecord
from db.rounds import rankings, rounds
from db.schema import ImageRow, PersonRow
from db.store.session import Store, migrate, open_store
from sspcm.members import MEMBERS

PARTS = ("server", "publish", "clients", "loop")
STAGES = ("freeze", "predictions", "ranking", "publish")
LEASE_S = 120.0
WARM_UP = 10
"""Images of each home before anything counts."""
START_LIMIT_S = 120.0
TIMEOUT_S = 90.0

Told = dict[str, Any]


def main() -> None:
    """Make the homes, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--persons", type=int, nargs="+", default=[10_000], help="one size, or two to compare")
    parser.add_argument("--postgresql", action="store_true", help="each store on a PostgreSQL server of its own")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--homes", type=Path, help="where homes are kept; without it they go when this ends")
    parser.add_argument("--images", type=int, default=300, help="of each home, for the part 'server'")
    parser.add_argument("--predictions", type=int, default=50_000, help="for the part 'publish'")
    parser.add_argument("--seconds", type=float, default=60.0, help="of each of the parts over HTTP")
    options = parser.parse_args()
    told: Told = {"benchmark": "queue_speed", "store": "postgresql" if options.postgresql else "sqlite"}
    with ExitStack() as stack:
        homes = options.homes or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="queue-speed-")))
        places = {count: homes / f"{told['store']}-{count}" for count in sorted(options.persons)}
        urls = {
            count: stack.enter_context(home_of(place, count, is_postgresql=options.postgresql))
            for count, place in places.items()
        }
        for url in urls.values():
            migrate(url, copies=homes / "copies")
        largest = max(places)
        if "server" in options.parts:
            told["server"] = server(urls, options.images, beside=homes)
        if "publish" in options.parts:
            told["publish"] = publish(urls[largest], options.predictions)
        if "clients" in options.parts:
            told["clients"] = over_http(places[largest], urls[largest], 50, think_s=2.0, seconds=options.seconds)
        if "loop" in options.parts:
            told["loop"] = over_http(places[largest], urls[largest], 30, think_s=0.0, seconds=options.seconds)
    print(json.dumps(told), flush=True)


# --- in this process -------------------------------------------------------------------------------------------------
@dataclass
class Took:
    """Wall and CPU of everything that was asked, in ms, by its name."""

    wall: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    cpu: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """The block counts under this name."""
        wall, cpu = time.perf_counter(), time.thread_time()
        yield
        self.wall[name].append(1000 * (time.perf_counter() - wall))
        self.cpu[name].append(1000 * (time.thread_time() - cpu))


class Annotator:
    """One annotator, by the functions that the server calls."""

    def __init__(self, store: Store, user: UserRecord) -> None:
        self._store, self._user, self.took = store, user, Took()

    def label_image(self) -> bool:
        """The next image and everybody in it; False where there is none."""
        with self.took.timed("next"):
            task = tasks.next_task(self._store, self._user, exclude=(), lease_s=LEASE_S)
        if task is None:
            return False
        for person in task.persons:
            if person.state == "open":
                message = AcceptMessage(**accept_of(person))
                with self.took.timed("accept"):
                    decisions.accept(self._store, self._user, message, lease_s=LEASE_S)
        return True


def accept_of(person: PersonPayload | Told) -> Told:
    """The body of an accept: the start that the person came with, but for one keypoint."""
    plain = person if isinstance(person, dict) else person.model_dump(by_alias=True)
    start = plain["start"]
    pose = [[x, y, 2.0] for x, y, _ in start["xyv"]]
    pose[0] = [random.uniform(100, 900), 300.0, 2.0]
    return {
        "key": uuid.uuid4().hex,
        "person_id": plain["id"],
        "revision": plain["revision"],
        "xyv": pose,
        "touched": [True] + [False] * (len(pose) - 1),
        "started_from": start["prediction_id"],
        "began": "student" if start["prediction_id"] else "empty",
        "seconds": 20.0,
    }


def server(urls: dict[int, str], images: int, *, beside: Path) -> Told:
    """Each home by its size: image by image in turns, so that whatever else the machine does meets all alike."""
    stores = {count: open_store(url) for count, url in urls.items()}
    people = {count: people_of(store) for count, store in stores.items()}
    for count, store in stores.items():
        for user in people[count][:WARM_UP]:
            Annotator(store, user).label_image()
    found = {count: Took() for count in urls}
    for turn in range(images):
        for count, store in stores.items():
            one = Annotator(store, people[count][turn % len(people[count])])
            one.took = found[count]
            one.label_image()
            with one.took.timed("fsync"):
                sync_a_page(beside / "page")
    for store in stores.values():
        store.close()
    for took in found.values():
        took.wall["pair"] = [sum(pair) for pair in zip(took.wall["next"], took.wall["accept"][::3], strict=False)]
        took.cpu["pair"] = [sum(pair) for pair in zip(took.cpu["next"], took.cpu["accept"][::3], strict=False)]
    told: Told = {
        str(count): {name: quantiles(took.wall[name]) | {"cpu": quantiles(took.cpu[name])} for name in took.wall}
        for count, took in found.items()
    }
    small, large = min(found), max(found)
    if small != large:
        told["p95_large_over_small"] = {
            name: round(told[str(large)][name]["p95"] / told[str(small)][name]["p95"], 2) for name in found[small].wall
        }
    return told


def sync_a_page(path: Path) -> None:
    """What the disk takes by itself, of each accept."""
    with path.open("wb") as file:
        file.write(b"x" * 4096)
        os.fsync(file.fileno())


def publish(url: str, predictions: int) -> Told:
    """Accepts, stage by stage of a round that another process stores and publishes, and how long each stage took."""
    context = multiprocessing.get_context("spawn")
    stage = context.Array("c", 20)
    beside = context.Process(target=store_and_publish, args=(url, predictions, stage))
    store = open_store(url)
    annotator = Annotator(store, people_of(store)[0])
    took: dict[str, dict[str, list[float]]] = {name: {"next": [], "accept": []} for name in ("", *STAGES, "after")}
    began: dict[str, float] = {}
    beside.start()
    while beside.is_alive() and not stage.value:  # its modules are being read
        time.sleep(0.01)
    while beside.is_alive():
        name = stage.value.decode()
        began.setdefault(name, time.monotonic())
        annotator.took = Took()
        if not annotator.label_image():
            break
        for what, found in took[name].items():
            found += annotator.took.wall[what]
    beside.join()
    store.close()
    if beside.exitcode:
        return {"failed": beside.exitcode}
    began.setdefault("after", time.monotonic())
    seen = [name for name in STAGES if name in began]  # a short one may go by while an image is labelled
    return {
        name: {what: quantiles(found) for what, found in took[name].items()}
        | {"seconds": round(began[end] - began[name], 1)}
        for name, end in zip(seen, [*seen[1:], "after"], strict=True)
    }


def store_and_publish(url: str, predictions: int, stage: Any) -> None:
    """The next round, as a worker has it: frozen, predictions stored, ranked, published. In a process of its own."""
    store = open_store(url)
    stage.value = b"freeze"
    with store.transaction() as tx:
        lead = next(user for user in users.list_users(tx) if user.role == "lead")
        record = rounds.create(tx, config_toml="", user=lead)
        rounds.start(tx, record.id)
        rounds.freeze(tx, record.id)
    with store.reading() as tx:
        ids = np.array(list(tx.scalars(select(PersonRow.id).limit(predictions // len(MEMBERS)))))
        is_open = select(ImageRow.id, ImageRow.split).where(ImageRow.is_open).order_by(ImageRow.id)
        still_open = list(tx.execute(is_open).all())
    chance = np.random.default_rng(3)
    scale = np.array([1.0, 1.0, 0.001])  # px, px, confidence
    told = PoolPredictions(ids, {name: chance.uniform(100, 900, (len(ids), 17, 3)) * scale for name in MEMBERS})
    flags = (KeypointFlag(3, 0.9, "the teachers disagree"),)
    scores = {int(i): PersonScore(int(i), 0.5, tuple([0.5] * 17), flags) for i in ids}
    stage.value = b"predictions"
    _store_in_batches(store, record, told, scores, {})
    places = chance.permutation(len(still_open)).tolist()
    entries = [
        RankingEntry(image_id, place, 0.5, (), split == "validation")
        for (image_id, split), place in zip(still_open, places, strict=True)
    ]
    stage.value = b"ranking"
    with store.transaction() as tx:
        rankings.add_round_ranking(tx, record.id, entries)
    stage.value = b"publish"
    with store.transaction() as tx:
        rounds.publish(tx, record.id, metrics={}, directory="rounds/0002/attempt-1", now=utc_now())
    stage.value = b"after"
    store.close()


# --- over HTTP -------------------------------------------------------------------------------------------------------
class Browser:
    """One signed-in annotator on a connection of their own; http.client costs less than the server that is measured."""

    def __init__(self, port: int, signed_in: dict[str, str]) -> None:
        self._port = port
        origin = f"http://127.0.0.1:{port}"
        self._headers = {"Cookie": f"session={signed_in['token']}", "X-CSRF-Token": signed_in["csrf"], "Origin": origin}
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
        self.took: dict[str, list[float]] = defaultdict(list)
        self.errors: Counter[str] = Counter()

    def label(self, until: float, think_s: float) -> None:
        """Image after image; whoever thinks begins at a moment of their own."""
        time.sleep(random.uniform(0, think_s))
        while time.monotonic() < until:
            task = self._ask("next", "GET", "/api/next")
            if task is None:
                continue
            if "image" not in task:
                self.errors[f"no image: {task['step']['code']}"] += 1
                return
            for person in task["persons"]:
                if person["state"] == "open" and time.monotonic() < until:
                    time.sleep(think_s * random.uniform(0.5, 1.5))
                    self._ask("accept", "POST", "/api/accept", accept_of(person))

    def _ask(self, name: str, method: str, path: str, body: Told | None = None) -> Any:
        sent = None if body is None else json.dumps(body)
        headers = self._headers | ({} if body is None else {"Content-Type": "application/json"})
        began = time.perf_counter()
        try:
            self._connection.request(method, path, sent, headers)
            answer = self._connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.errors[f"{name}: {type(error).__name__}"] += 1
            self._connection.close()
            return None
        self.took[name].append(1000 * (time.perf_counter() - began))
        if answer.status != 200:
            self.errors[f"{name}: {answer.status} {content[:120].decode(errors='replace')}"] += 1
            return None
        return json.loads(content)


def over_http(home: Path, url: str, clients: int, *, think_s: float, seconds: float) -> Told:
    """So many annotators at once on a real server."""
    signed_in = list(json.loads((home / SIGNED_IN).read_text()).values())[:clients]
    with running_server(home, url) as port:
        browsers = [Browser(port, one) for one in signed_in]
        until = time.monotonic() + seconds
        threads = [threading.Thread(target=one.label, args=(until, think_s)) for one in browsers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    errors: Counter[str] = sum((one.errors for one in browsers), Counter())
    took = {name: [ms for one in browsers for ms in one.took[name]] for name in ("next", "accept")}
    return {
        "clients": clients,
        "think_s": think_s,
        "seconds": seconds,
        "all": quantiles(took["next"] + took["accept"]),
        **{name: quantiles(one) for name, one in took.items()},
        "errors": dict(errors),
    }


@contextmanager
def running_server(home: Path, url: str) -> Iterator[int]:
    """The web server on the home as a process of its own; its port."""
    port = free_port()
    environ = {key: value for key, value in os.environ.items() if key not in OTHER_HOMES} | {"DATABASE_URL": url}
    command = [sys.executable, "-P", "-W", "ignore", "-m", "app", "--home", str(home), "web", "--port", str(port)]
    process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=60)


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
        finally:
            connection.close()
    raise RuntimeError(f"the web server did not answer within {START_LIMIT_S:.0f} s, or ended")


def quantiles(took: Sequence[float]) -> Told:
    """For the JSON line, in ms."""
    if not took:
        return {"count": 0}
    p50, p95 = np.quantile(took, [0.5, 0.95])
    longest = max(took)
    return {"count": len(took), "p50": round(p50, 2), "p95": round(p95, 2), "longest": round(longest, 1)}


if __name__ == "__main__":
    main()
