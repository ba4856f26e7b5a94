"""Workers as real processes on one PostgreSQL share the scoring of one round, and nobody waits for one that is gone."""

import signal
import sys
import time
from pathlib import Path
from subprocess import Popen
from typing import Any

import cv2
import numpy as np
import psutil
import pytest
import torch

from app.home.image_files import ImageFiles
from app.rounds.folder import round_folder
from app.rounds.launching import launch_round
from app.rounds.stopping import cancel_round
from app.worker import helping
from app.worker.helping import Helping
from db.pool import images
from db.rounds import events, workers
from sspcm.config import ModelConfig, RoundConfig, TrainConfig
from sspcm.shard_files import Scoring, read_scoring
from sspcm.training import shards
from sspcm.training.round import run_round
from tests.app.worker.place import SHARING, Place
from tests.waiting import gone, until

GONE_S, NEVER_GONE_S = 6.0, 600.0
PEOPLE = 12
SMALL = Path(__file__).parents[2] / "sspcm" / "training" / "small_shards.py"
SLOW = 600.0
"""Seconds a shard: one that no test waits for."""


def start(
    place: Place, name: str, *, pace: float, own_pace: float | None = None, gone_s: float = NEVER_GONE_S
) -> Popen[str]:
    """pace: seconds a shard of a round that it helps with. own_pace: of its own."""
    command = [sys.executable, str(SHARING)]
    commands = [*command, str(pace if own_pace is None else own_pace), "round"], [*command, str(pace), "score"]
    process = place.start_worker(name=name, gone_s=gone_s, commands=commands)
    until(lambda: doing(place, name) is not Ellipsis)
    return process


def doing(place: Place, name: str) -> Any:
    """In words, None where it waits; ... where it is not here."""
    with place.store.reading() as tx:
        found = workers.named(tx, name)
    return found.doing if found is not None and found.is_here else ...


def helps(place: Place, name: str) -> bool:
    return ", shard " in (doing(place, name) or "")


def story(place: Place) -> list[str]:
    with place.store.reading() as tx:
        return [one.what for one in events.story(tx, place.round().id)]


def scoring_of(place: Place, attempt: int = 1) -> Scoring:
    folder = round_folder(place.settings, 1, attempt)
    until(lambda: read_scoring(folder) is not None)
    found = read_scoring(folder)
    assert found is not None
    return found


def done(place: Place, attempt: int = 1) -> int:
    return len(list(round_folder(place.settings, 1, attempt).glob("predictions-*.npz")))


def scorers(place: Place, attempt: int = 1) -> list[int]:
    path = round_folder(place.settings, 1, attempt) / "scorers"
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def require_whole(place: Place, attempt: int = 1) -> None:
    """Everybody was predicted once, as one process alone does."""
    folder = round_folder(place.settings, 1, attempt)
    with np.load(folder / "predictions.npz") as found:
        assert len(found["ids"]) == PEOPLE
        for row, person in enumerate(found["ids"]):
            assert np.allclose(found["B"][row, :, :2], 70 + 0.3 * person)
    assert not list(folder.glob("*predictions-*")), "nothing of the shards is left"


def shared(
    place: Place, *, pace: float = SLOW, own_pace: float = 0.0, gone_s: float = NEVER_GONE_S
) -> tuple[Popen[str], Popen[str], int]:
    """A round that worker `one` is slow to score, and `two` helps with: both, and the process that scores there."""
    place.launch()
    owner = start(place, "one", pace=SLOW, gone_s=gone_s)
    scoring_of(place)
    helper = start(place, "two", pace=pace, own_pace=own_pace, gone_s=gone_s)
    until(lambda: helps(place, "two"))
    return owner, helper, scorers(place)[0]


def hurry(place: Place) -> None:
    """The trainer is slow no longer."""
    (round_folder(place.settings, 1) / "hurry").touch()


def test_a_worker_that_joins_late_shares_the_shards_and_says_which_one_it_scores(shared_place: Place) -> None:
    place = shared_place
    shared(place, pace=0.4)
    assert doing(place, "two").startswith("scores round 1, shard ")
    assert doing(place, "two").endswith(" of 12")
    assert doing(place, "one") == "round 1, train"
    until(lambda: done(place) >= PEOPLE - 1)
    hurry(place)
    until(lambda: place.round().state == "published")
    require_whole(place)
    assert story(place).count("worker 'two' scores shards of it, too") == 1
    assert (place.round().attempt, place.round().holder, len(place.trainers())) == (1, "one", 1)
    until(lambda: doing(place, "two") is None)
    until(lambda: place.engine.held_by_others([]) == [])  # the engine notes it after the round's end


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


def test_a_helper_that_is_killed_holds_nobody_up(shared_place: Place) -> None:
    place = shared_place
    _, helper, scorer = shared(place)
    helper.kill()
    helper.wait()
    until(lambda: gone(scorer))
    hurry(place)
    until(lambda: place.round().state == "published")  # not after its lease
    require_whole(place)


def test_a_helper_that_stands_still_and_wakes_up_late_spoils_nothing(shared_place: Place) -> None:
    place = shared_place
    _, helper, scorer = shared(place, pace=1.0, gone_s=GONE_S)
    tree = [psutil.Process(helper.pid), *psutil.Process(helper.pid).children(recursive=True)]
    for process in tree:
        process.suspend()
    hurry(place)
    until(lambda: place.round().state == "published")
    folder = round_folder(place.settings, 1)
    before = (folder / "predictions.npz").read_bytes()
    for process in tree:
        process.resume()
    until(lambda: gone(scorer))
    time.sleep(0.5)
    assert (folder / "predictions.npz").read_bytes() == before
    require_whole(place)
    assert place.round().error is None


def test_the_round_of_an_owner_that_is_killed_goes_on_elsewhere_with_every_shard(shared_place: Place) -> None:
    place = shared_place
    owner, _, scorer = shared(place, pace=1.5, own_pace=0.1, gone_s=GONE_S)
    owner.kill()
    owner.wait()
    until(lambda: place.round().holder == "two", timeout_s=60)
    assert gone(scorer), "a worker does one thing at a time"
    shards = done(place)
    until(lambda: place.round().state == "published", timeout_s=60)
    assert (place.round().attempt, place.round().directory) == (2, "rounds/0001/attempt-2")
    require_whole(place, attempt=2)
    metrics = (round_folder(place.settings, 1, 2) / "metrics.jsonl").read_text()
    begun = metrics.count('"stage": "predict"')
    assert shards >= 1 and begun == 1 + PEOPLE - shards, "the one shard that the first owner began, and what was left"


def test_a_cancel_ends_helpers_too(shared_place: Place) -> None:
    place = shared_place
    _, _, scorer = shared(place)
    cancel_round(place.store, place.settings, 1, user=place.lead)
    began = time.monotonic()
    until(lambda: gone(scorer))
    assert time.monotonic() - began < 30, "half a second on a machine that does nothing else"
    until(lambda: place.round().state == "cancelled")
    until(lambda: doing(place, "two") is None)


def test_a_helper_that_is_told_to_end_leaves_at_once(shared_place: Place) -> None:
    place = shared_place
    _, helper, scorer = shared(place)
    helper.send_signal(signal.SIGTERM)
    assert helper.wait(30) == 0
    until(lambda: gone(scorer), timeout_s=30)
    hurry(place)
    until(lambda: place.round().state == "published")
    require_whole(place)


@pytest.mark.usefixtures("one_thread")
def test_a_round_that_two_workers_score_is_that_of_one_to_the_byte(
    shared_place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real trainer and the real scorer, with shards of two people."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    place = shared_place
    with place.store.reading() as tx:
        found = images.list_images(tx)
    for image in found:  # images that can be read
        noise = np.random.default_rng(image.id).integers(0, 256, (480, 640, 3), np.uint8)
        ImageFiles(place.settings.home).path(image.sha256).write_bytes(cv2.imencode(".png", noise)[1].tobytes())
    tiny = {"deconv_channels": 16, "input_height": 64, "input_width": 64, "box_scale": 5.0}
    model = ModelConfig(backbone="shufflenet_v2_x0_5", student_backbone="shufflenet_v2_x0_5", **tiny)
    config = RoundConfig(model=model, train=TrainConfig(steps=1, labelled_batch=2, unlabelled_batch=2))
    launch_round(place.store, place.engine, config=config, user=place.lead)
    for name, pause in (("one", 4.0), ("two", 0.0)):
        commands = [[sys.executable, str(SMALL), "2", str(pause), command] for command in ("round", "score")]
        place.start_worker(name=name, gone_s=60, commands=(commands[0], commands[1]))
        until(lambda: place.round().holder == "one")
    folder = round_folder(place.settings, 1)
    alone = place.settings.home / "alone"
    alone.mkdir()
    until((folder / "manifest.json").exists)
    (alone / "manifest.json").write_bytes((folder / "manifest.json").read_bytes())
    monkeypatch.setattr(shards, "SHARD_PERSONS", 2)
    assert run_round(alone, device=torch.device("cpu"))
    until(lambda: place.round().state == "published", timeout_s=120)
    log = (folder / "scorer-two.log").read_text().splitlines()
    assert len([line for line in log if '"shard"' in line]) >= 2
    assert (folder / "predictions.npz").read_bytes() == (alone / "predictions.npz").read_bytes()
