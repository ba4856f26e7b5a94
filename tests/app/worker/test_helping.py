"""Workers as real processes on one PostgreSQL share the scoring of one round, and nobody waits for one that is gone.

Each test runs twice: with one home that both workers see, and with a home each and a bucket.
"""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from typing import Any

import cv2
import numpy as np
import psutil
import pytest
import torch

from app.home.bucket import Bucket
from app.home.settings import Settings
from app.home.shared_files import bind
from app.rounds.folder import round_folder
from app.rounds.launching import launch_round
from app.rounds.stopping import cancel_round
from app.worker import helping
from app.worker.helping import Helping
from db.rounds import events, workers
from sspcm.config import ModelConfig, RoundConfig, TrainConfig
from sspcm.shard_files import read_scoring
from sspcm.training import shards
from sspcm.training.round import run_round
from tests.app.worker.place import SHARING, Place, beside, place_at
from tests.bucket_server import BucketServer
from tests.waiting import gone, until

GONE_S, NEVER_GONE_S = 6.0, 600.0
PEOPLE = 12
SMALL = Path(__file__).parents[2] / "sspcm" / "training" / "small_shards.py"
SLOW = 600.0
"""Seconds a shard: one that no test waits for."""


@dataclass(frozen=True)
class Two:
    """Workers `one`, which has the round, and `two`, as each sees its home: the same, or a home each and a bucket."""

    one: Place
    two: Place
    bucket: Bucket | None

    def start(
        self, name: str, *, pace: float, own_pace: float | None = None, gone_s: float = NEVER_GONE_S
    ) -> Popen[str]:
        """pace: seconds a shard of a round that it helps with. own_pace: of its own."""
        command = [sys.executable, str(SHARING)]
        commands = [*command, str(pace if own_pace is None else own_pace), "round"], [*command, str(pace), "score"]
        place = self.one if name == "one" else self.two
        process = place.start_worker(name=name, gone_s=gone_s, commands=commands)
        until(lambda: self.doing(name) is not Ellipsis)
        return process

    def doing(self, name: str) -> Any:
        """In words, None where it waits; ... where it is not here."""
        with self.one.store.reading() as tx:
            found = workers.named(tx, name)
        return found.doing if found is not None and found.is_here else ...

    def story(self) -> list[str]:
        with self.one.store.reading() as tx:
            return [one.what for one in events.story(tx, self.one.round().id)]

    def done(self) -> list[str]:
        """The shards of the first attempt that are there for whoever goes on with it."""
        folder = round_folder(self.one.settings, 1)
        if self.bucket is None:
            return sorted(path.name for path in folder.glob("predictions-*.npz"))
        names = self.bucket.entries(folder.relative_to(self.one.settings.home).as_posix())
        return sorted(Path(name).name for name in names if Path(name).match("predictions-*.npz"))

    def begun(self, attempt: int) -> int:
        """How many shards an attempt's trainer began, with those of the trainer before, as they are told."""
        folder, name = round_folder((self.one if attempt == 1 else self.two).settings, 1, attempt), "metrics.jsonl"
        content = (folder / name).read_bytes()
        if self.bucket is not None and attempt == 1:  # what was put of it is all that others know
            content = self.bucket.read(f"rounds/0001/attempt-1/{name}") or b""
        return content.count(b'"stage": "predict"')

    def scorer(self) -> int:
        """The process that scores for `two` now."""
        (path,) = (self.two.settings.home / "rounds" / "0001").glob("*attempt-1*/scorers")
        return [int(line) for line in path.read_text().split()][-1]

    def shared(
        self, *, pace: float = SLOW, own_pace: float = 0.0, gone_s: float = NEVER_GONE_S
    ) -> tuple[Popen[str], Popen[str], int]:
        """A round that worker `one` is slow to score, and `two` helps with: both, and the process that scores there."""
        self.one.launch()
        owner = self.start("one", pace=SLOW, gone_s=gone_s)
        folder = round_folder(self.one.settings, 1)
        until(lambda: read_scoring(folder) is not None)
        helper = self.start("two", pace=pace, own_pace=own_pace, gone_s=gone_s)
        until(lambda: ", shard " in str(self.doing("two")), timeout_s=60)
        return owner, helper, self.scorer()

    def hurry(self) -> None:
        """The trainer is slow no longer."""
        (round_folder(self.one.settings, 1) / "hurry").touch()

    def require_whole(self, attempt: int = 1) -> None:
        """Everybody was predicted once, as one process alone does."""
        folder = round_folder((self.one if attempt == 1 else self.two).settings, 1, attempt)
        with np.load(folder / "predictions.npz") as found:
            assert len(found["ids"]) == PEOPLE
            for row, person in enumerate(found["ids"]):
                assert np.allclose(found["B"][row, :, :2], 70 + 0.3 * person)
        assert not list(folder.glob("*predictions-*")), "nothing of the shards is left"
        if self.bucket is not None and attempt == 1:
            assert self.done() == []


def noisy(number: int) -> bytes:
    """An image that can be read."""
    noise = np.random.default_rng(number).integers(0, 256, (480, 640, 3), np.uint8)
    return cv2.imencode(".jpg", noise)[1].tobytes()


@pytest.fixture(params=["folder", "bucket"])
def two(
    request: pytest.FixtureRequest, postgres_url: str, tmp_path: Path, make_label: Callable[..., object]
) -> Iterator[Two]:
    bucket = None
    if request.param == "bucket":
        bucket = Bucket(f"{request.getfixturevalue('bucket_url')}/team")
        for name in ("one", "two"):
            bind(Settings(tmp_path / name, postgres_url, bucket=bucket.url))
    for place in place_at(postgres_url, tmp_path / "one", make_label, content=noisy):
        with nullcontext(place) if bucket is None else beside(place, tmp_path / "two") as other:
            yield Two(place, other, bucket)


def test_a_worker_that_joins_late_shares_the_shards_and_says_which_one_it_scores(two: Two) -> None:
    two.shared(pace=0.4)
    assert two.doing("two").startswith("scores round 1, shard ")
    assert two.doing("two").endswith(" of 12")
    assert two.doing("one") == "round 1, train"
    until(lambda: len(two.done()) >= PEOPLE - 1)
    two.hurry()
    until(lambda: two.one.round().state == "published")
    two.require_whole()
    assert two.story().count("worker 'two' scores shards of it, too") == 1
    found = two.one.round()
    assert (found.attempt, found.holder, len(two.one.trainers())) == (1, "one", 1)
    until(lambda: two.doing("two") is None)
    until(lambda: two.one.engine.held_by_others([]) == [])  # the engine notes it after the round's end
    assert not list(two.two.settings.home.glob("rounds/0001/.attempt-*")), "no copy is left"


def test_a_fault_while_looking_for_work_is_no_end_of_looking(
    shared_place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(helping, "LOOK_EVERY_S", 0.01)
    monkeypatch.setattr(helping, "FAULT_PAUSE_S", 0.01)
    faults = [RuntimeError("no such round"), SystemExit()]
    looks = Helping(shared_place.presence(), shared_place.settings, shared_place.engine, ())

    def ask() -> None:
        raise faults.pop(0)

    monkeypatch.setattr(looks, "ask", ask)
    with pytest.raises(SystemExit):
        looks.look_for_ever()
    assert faults == [] and "help cannot be offered for now; looking again" in caplog.text


def test_a_helper_that_is_killed_holds_nobody_up(two: Two) -> None:
    _, helper, scorer = two.shared()
    helper.kill()
    helper.wait()
    until(lambda: gone(scorer))
    two.hurry()
    until(lambda: two.one.round().state == "published")  # not after its lease
    two.require_whole()


def test_a_helper_that_stands_still_and_wakes_up_late_spoils_nothing(two: Two) -> None:
    _, helper, scorer = two.shared(pace=1.0, gone_s=GONE_S)
    tree = [psutil.Process(helper.pid), *psutil.Process(helper.pid).children(recursive=True)]
    for process in tree:
        process.suspend()
    two.hurry()
    until(lambda: two.one.round().state == "published")
    path = round_folder(two.one.settings, 1) / "predictions.npz"
    before = path.read_bytes()
    for process in tree:
        process.resume()
    until(lambda: gone(scorer))
    time.sleep(0.5)
    assert path.read_bytes() == before
    two.require_whole()
    assert two.one.round().error is None


def test_the_round_of_an_owner_that_is_killed_goes_on_elsewhere_with_every_shard(two: Two) -> None:
    owner, _, scorer = two.shared(pace=1.5, own_pace=0.1, gone_s=GONE_S)
    until(lambda: two.done() != [])
    owner.kill()
    owner.wait()
    until(lambda: two.one.round().holder == "two", timeout_s=60)
    assert gone(scorer), "a worker does one thing at a time"
    shards = len(two.done())
    until(lambda: two.one.round().state == "published", timeout_s=60)
    assert (two.one.round().attempt, two.one.round().directory) == (2, "rounds/0001/attempt-2")
    two.require_whole(attempt=2)
    assert shards >= 1
    assert two.begun(2) - two.begun(1) == PEOPLE - shards, "what was left, and nothing more"


def test_a_cancel_ends_helpers_too(two: Two) -> None:
    _, _, scorer = two.shared()
    cancel_round(two.one.store, two.one.settings, 1, user=two.one.lead)
    began = time.monotonic()
    until(lambda: gone(scorer))
    assert time.monotonic() - began < 30, "half a second on a machine that does nothing else"
    until(lambda: two.one.round().state == "cancelled")
    until(lambda: two.doing("two") is None)


def test_a_helper_that_is_told_to_end_leaves_at_once(two: Two) -> None:
    _, helper, scorer = two.shared()
    helper.send_signal(signal.SIGTERM)
    assert helper.wait(30) == 0
    until(lambda: gone(scorer), timeout_s=30)
    two.hurry()
    until(lambda: two.one.round().state == "published")
    two.require_whole()


@pytest.mark.parametrize("two", ["bucket"], indirect=True)
def test_while_the_bucket_is_away_both_go_on_and_the_end_waits_for_it(two: Two, bucket_server: BucketServer) -> None:
    owner, helper, scorer = two.shared(pace=0.5)
    bucket_server.gate.shut()
    try:
        two.hurry()
        folder = round_folder(two.one.settings, 1)
        until((folder / "predictions.npz").exists)  # by itself, if need be
        time.sleep(2)
        assert two.one.round().state == "running"
    finally:
        bucket_server.gate.open()
    until(lambda: two.one.round().state == "published", timeout_s=90)
    assert (owner.poll(), helper.poll()) == (None, None)
    until(lambda: gone(scorer) and two.doing("two") is None, timeout_s=60)
    until(lambda: two.done() == [])
    two.require_whole()


@pytest.mark.usefixtures("one_thread")
def test_a_round_that_two_workers_score_is_that_of_one_to_the_byte(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real trainer and the real scorer, with shards of two people."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    tiny = {"deconv_channels": 16, "input_height": 64, "input_width": 64, "box_scale": 5.0}
    model = ModelConfig(backbone="shufflenet_v2_x0_5", student_backbone="shufflenet_v2_x0_5", **tiny)
    config = RoundConfig(model=model, train=TrainConfig(steps=1, labelled_batch=2, unlabelled_batch=2))
    place = two.one
    launch_round(place.store, place.engine, config=config, user=place.lead)
    for name, pause in (("one", 6.0), ("two", 0.0)):
        commands = [[sys.executable, str(SMALL), "2", str(pause), command] for command in ("round", "score")]
        at = place if name == "one" else two.two
        at.start_worker(name=name, gone_s=60, commands=(commands[0], commands[1]))
        until(lambda: place.round().holder == "one")
    folder = round_folder(place.settings, 1)
    alone = round_folder(place.settings, 99)  # as deep, since the manifest names images from there
    alone.mkdir(parents=True)
    until((folder / "manifest.json").exists)
    (alone / "manifest.json").write_bytes((folder / "manifest.json").read_bytes())
    monkeypatch.setattr(shards, "SHARD_PERSONS", 2)
    assert run_round(alone, device=torch.device("cpu"))
    until(lambda: place.round().state == "published", timeout_s=180)
    assert "worker 'two' scores shards of it, too" in two.story()
    if two.bucket is None:  # a copy is gone by now, with its log
        log = (folder / "scorer-two.log").read_text().splitlines()
        assert len([line for line in log if '"shard"' in line]) >= 2
    assert (folder / "predictions.npz").read_bytes() == (alone / "predictions.npz").read_bytes()
