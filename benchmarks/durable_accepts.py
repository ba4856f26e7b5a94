"""What it costs that an accept is on disk when it is answered: NORMAL and FULL in turns, on the same store.

    python benchmarks/durable_accepts.py [--accepts 300] [--folder DIR]

Through `app.labelling.decisions.accept`, as the server calls it: one transaction each, blocks of 25 accepts with either
setting after the other. One JSON line: p50, p95 and p99 in ms of both, and of a bare fsync in the same folder; and the
syncs of 50 accepts each, counted by a library that is preloaded (benchmarks/count_syncs.c; null without a C compiler).
--folder: on the disk to be measured; a folder in memory syncs for nothing.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from app.contract.labelling import AcceptMessage
from app.labelling import decisions
from db.people import users
from db.pool import images, project
from db.records import NewImage, NewPerson, UserRecord
from db.store.session import Store, migrate, open_store
from sspcm.pose import Box
from sspcm.skeletons.skeleton import get_skeleton

ROOT = Path(__file__).resolve().parents[1]
BLOCK = 25
COUNTED = 50


class NotDurable(Store):
    """The store as it was: every commit waits for the next checkpoint."""

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator:
        """Never durable."""
        with super().transaction(durable=False) as tx:
            yield tx


def main() -> None:
    """Build a store, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accepts", type=int, default=300, help="of each setting")
    parser.add_argument("--folder", type=Path, help="where to put the store (default: the temporary folder)")
    parser.add_argument("--count", choices=["FULL", "NORMAL"], help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.count:
        accept_in(options.url, options.count, COUNTED, first=1 if options.count == "FULL" else 1 + COUNTED)
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        print(json.dumps(measure(Path(folder), options.accepts)))


def measure(folder: Path, accepts: int) -> dict[str, object]:
    """Both settings in turns; then the syncs of each."""
    url = f"sqlite:///{folder / 'store.db'}"
    migrate(url)
    store = open_store(url)
    ann = fill(store, 2 * (accepts + COUNTED))
    lazy = NotDurable(store.url, store._engine, store._turns)
    times: dict[str, list[float]] = {"NORMAL": [], "FULL": []}
    person = 1 + 2 * COUNTED
    while len(times["FULL"]) < accepts:
        for name, one in (("NORMAL", lazy), ("FULL", store)):
            for person_id in range(person, person + BLOCK):
                began = time.perf_counter()
                accept(one, ann, person_id)
                times[name].append(1000 * (time.perf_counter() - began))
            person += BLOCK
    store.close()
    return {
        "benchmark": "durable_accepts",
        "accept_ms": {name: summary(measured) for name, measured in times.items()},
        "bare_fsync_ms": summary(bare_syncs(folder / "bare", accepts)),
        f"syncs_of_{COUNTED}_accepts": count_syncs(folder, url),
    }


def fill(store: Store, persons: int) -> UserRecord:
    """A home of images of one open person each, and ann."""
    with store.transaction() as tx:
        project.ensure_project(tx, name="accepts", skeleton=get_skeleton("coco-17"))
        for number in range(persons):
            image = NewImage(f"{number:064x}", f"{number:05d}.jpg", 640, 480, "hall", number, "train")
            images.add_image(tx, image, [NewPerson(Box(40.0, 60.0, 40.0, 80.0))])
        return users.add_user(tx, "ann", "annotator", "correct horse")


def accept(store: Store, user: UserRecord, person_id: int) -> None:
    """A whole pose accepted."""
    message = AcceptMessage(
        key=uuid.uuid4().hex,
        person_id=person_id,
        revision=0,
        xyv=[[50.0 + k, 70.0 + k, 2.0] for k in range(17)],
        touched=[True] * 17,
    )
    decisions.accept(store, user, message, lease_s=120)


def accept_in(url: str, setting: str, count: int, *, first: int) -> None:
    """In a process of its own: its syncs are counted from the second accept on."""
    opened = open_store(url)
    store = opened if setting == "FULL" else NotDurable(opened.url, opened._engine, opened._turns)
    with store.reading() as tx:
        (ann,) = users.list_users(tx)
    log = Path(os.environ["SYNC_LOG"])
    log.write_text("")
    for person_id in range(first, first + count):
        accept(store, ann, person_id)
    print(log.read_text().count("\n"), flush=True)
    os._exit(0)  # closing the store would sync once more


def count_syncs(folder: Path, url: str) -> dict[str, int] | None:
    """How often the accepts of a fresh process had a file put on disk."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        return None
    library = folder / "count_syncs.so"
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-o", library, ROOT / "benchmarks" / "count_syncs.c", "-ldl"], check=True
    )
    environ = {**os.environ, "LD_PRELOAD": str(library), "SYNC_LOG": str(folder / "syncs.txt")}
    command = [sys.executable, __file__, "--url", url, "--count"]
    run = partial(subprocess.run, env=environ, capture_output=True, text=True, check=True)
    return {setting: int(run([*command, setting]).stdout) for setting in ("NORMAL", "FULL")}


def bare_syncs(path: Path, count: int) -> list[float]:
    """Appending 4 kB and syncing it, in ms."""
    times = []
    with path.open("wb", buffering=0) as file:
        for _ in range(count):
            began = time.perf_counter()
            file.write(bytes(4096))
            os.fdatasync(file.fileno())
            times.append(1000 * (time.perf_counter() - began))
    return times


def summary(times: list[float]) -> dict[str, float]:
    """p50, p95 and p99, and how many were measured."""
    ordered = sorted(times)
    at = {share: ordered[min(int(len(ordered) * share / 100), len(ordered) - 1)] for share in (50, 95, 99)}
    return {**{f"p{share}": round(ms, 2) for share, ms in at.items()}, "count": len(times)}


if __name__ == "__main__":
    main()
