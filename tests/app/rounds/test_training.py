"""A round is trained by a process of its own, which ends with the round."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import psutil
import pytest

from app.home.model_files import ModelFiles
from app.pool.prelabelling import prelabel
from app.processes.job_engine import Engine
from app.rounds.errors import LearningError
from app.rounds.freezing import freeze_round
from app.rounds.launching import launch_round
from app.rounds.publishing import publish_round
from app.rounds.scoring import score_round
from app.rounds.training import RESTARTS, TRAIN_COMMAND, train_round
from app.rounds.usual_settings import usual_settings
from db.clock import utc_now
from db.errors import RoundCancelled, RoundOver
from db.labelling import queue
from db.records import (
    NewPerson,
    Split,
)
from db.rounds import events, rounds, stopping
from sspcm.config import ModelConfig, RoundConfig, TrainConfig, merge
from sspcm.pose import Box
from sspcm.pose_models.model import PoseModel
from tests.app.rounds.round_home import COMMAND, Home
from tests.onnx_files import movenet


def test_a_finished_training_is_not_begun_again(home: Home) -> None:
    home.add("a.jpg", home.labelled())
    home.freeze(RoundConfig(train=TrainConfig(steps=1)))

    for _ in range(2):
        train_round(home.store, home.settings, 1, command=COMMAND)

    assert len((home.folder() / "pids").read_text().split()) == 1


def test_a_failed_training_raises_with_the_trainers_words_and_may_be_tried_again(home: Home) -> None:
    home.add("a.jpg", home.labelled())
    home.freeze(RoundConfig(seed=13, train=TrainConfig(steps=1)))

    for _ in range(2):
        with pytest.raises(LearningError, match="the loss is NaN; wanted a number"):
            train_round(home.store, home.settings, 1, command=COMMAND)

    assert len((home.folder() / "pids").read_text().split()) == 2


def test_a_trainer_that_cannot_start_is_quoted(home: Home) -> None:
    home.add("a.jpg", home.labelled())
    home.freeze()

    with pytest.raises(LearningError, match=r"ended with status 2 .*can't open file"):
        train_round(home.store, home.settings, 1, command=(sys.executable, "/nowhere/trainer.py"))


@pytest.mark.parametrize(("seed", "trainers"), [(15, 1 + RESTARTS), (16, 2)])
def test_a_trainer_that_is_killed_is_started_again_twice(home: Home, seed: int, trainers: int) -> None:
    """As the system's memory killer ends it. The third time the error says what to do."""
    home.add("a.jpg", home.labelled())
    home.freeze(RoundConfig(seed=seed, train=TrainConfig(steps=1)))
    failed = pytest.raises(LearningError, match=r"SIGKILL.*3 times in all.*go on with this round")

    with failed if seed == 15 else nullcontext():
        train_round(home.store, home.settings, 1, command=COMMAND)

    assert len((home.folder() / "pids").read_text().split()) == trainers
    with home.store.reading() as tx:
        told = [one.what for one in events.story(tx, home.round().id) if "started again" in one.what]
    assert len(told) == trainers - 1
    assert "SIGKILL" in told[0] and "(1 of 2)" in told[0]


def end_while_training(home: Home, end: Callable[[], object], expected: AbstractContextManager[object]) -> float:
    """Let something end the round while its trainer runs; the seconds until the trainer was gone."""
    home.add("a.jpg", home.labelled())
    home.freeze(RoundConfig(train=TrainConfig(steps=100_000)))
    pids, slow = home.folder() / "pids", (*COMMAND[:2], "0.05")
    with ThreadPoolExecutor(1) as thread:
        training = thread.submit(train_round, home.store, home.settings, 1, command=slow)
        while not pids.exists():
            time.sleep(0.02)
        end()
        began = time.monotonic()
        with expected:
            training.result(60)
    assert not psutil.pid_exists(int(pids.read_text()))
    return time.monotonic() - began


def test_a_round_that_is_told_to_stop_ends_its_trainer_within_seconds(home: Home) -> None:
    def cancel() -> None:
        with home.store.transaction() as tx:
            stopping.cancel(tx, 1, user=home.lead, worker_runs=True)

    assert end_while_training(home, cancel, pytest.raises(RoundCancelled)) < 3


def fail_round(home: Home) -> None:
    with home.store.transaction() as tx:
        rounds.fail(tx, home.round().id, "over")


def test_a_round_that_is_over_starts_no_trainer(home: Home) -> None:
    home.add("a.jpg", home.labelled())
    home.freeze(RoundConfig(train=TrainConfig(steps=1)))
    fail_round(home)

    with pytest.raises(RoundOver, match="round 1 is failed"):
        train_round(home.store, home.settings, 1, command=COMMAND)

    assert not (home.folder() / "pids").exists()


def test_a_round_that_ends_meanwhile_ends_its_trainer(home: Home) -> None:
    end_while_training(home, lambda: fail_round(home), pytest.raises(RoundOver, match="round 1 is failed"))


SMALL = RoundConfig(
    model=ModelConfig("mobilenet_v3_small", "mobilenet_v3_small", 16, input_height=64, input_width=64),
    train=TrainConfig(steps=4, labelled_batch=2, unlabelled_batch=2, snapshot_every=2, loader_threads=1),
)


def fill(home: Home) -> None:
    """Eight people, four of them labelled, two for validation."""
    rng = np.random.default_rng(0)
    for number in range(8):
        _, jpeg = cv2.imencode(".jpg", rng.integers(0, 255, (120, 160, 3), dtype=np.uint8))
        person = NewPerson(Box(40, 30, 60, 70), home.make_label(x=50.0, y=40.0) if number < 4 else None)
        split: Split = "validation" if number < 2 else "train"
        home.add(f"{number}.jpg", person, split=split, content=jpeg.tobytes())


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounting a small disk takes root on Linux")
def test_a_training_on_a_full_disk_says_so_and_ends_the_same_once_there_is_room(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    fill(home)
    rooms = home.settings.rounds_dir
    rooms.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(rooms)], capture_output=True).returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        home.freeze(SMALL)
        never_stopped = Path(shutil.copytree(home.folder(), tmp_path / "never-stopped"))
        settings = replace(home.settings, device="cpu")
        with pytest.raises(LearningError, match=r"no room was left on the disk.*Make room, then go on with this round"):
            train_round(home.store, settings, 1)
        assert not (home.folder() / "training.safetensors").exists(), "no half a checkpoint"
        subprocess.run(["mount", "-o", "remount,size=500m", str(rooms)], check=True)
        train_round(home.store, settings, 1)
        subprocess.run([*TRAIN_COMMAND, str(never_stopped), "--device", "cpu"], check=True)
        for name in ("A", "B", "C"):
            one, other = ((folder / f"{name}.safetensors").read_bytes() for folder in (home.folder(), never_stopped))
            assert one == other
    finally:
        subprocess.run(["umount", "--lazy", str(rooms)], check=True)


def test_the_real_trainer_takes_a_round_from_labels_to_a_ranking(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    fill(home)
    home.freeze(SMALL)

    train_round(home.store, replace(home.settings, device="cpu"), 1)
    score_round(home.store, home.settings, 1)
    publish_round(home.store, home.settings, 1)

    record = home.round()
    assert (record.state, record.metrics["device"]) == ("published", "cpu")
    assert set(record.metrics["ap"]) == {"A", "B", "C"}
    with home.store.reading() as tx:
        assert len(queue.listing(tx, limit=9, now=utc_now())) == 4
        curve = rounds.points(tx, record.id)
    assert curve[-1].step == 4
    assert {"loss", "ap_A", "ap_B", "ap_C"} <= set(curve[-1].values)


def test_a_round_learns_from_the_predictions_of_a_model_that_cannot_be_trained(
    home: Home, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    rng = np.random.default_rng(0)
    for number in range(8):
        _, jpeg = cv2.imencode(".jpg", rng.integers(0, 255, (120, 160, 3), dtype=np.uint8))
        person = NewPerson(Box(40, 30, 60, 70), home.make_label(x=50.0, y=40.0) if number < 4 else None)
        split: Split = "validation" if number < 2 else "train"
        home.add(f"{number}.jpg", person, split=split, content=jpeg.tobytes())
    given = home.settings.home / "rules.onnx"
    given.write_bytes(movenet())
    ModelFiles(home.settings.home).keep(given)
    prelabel(home.store, home.files, PoseModel(movenet(), name="rules"))
    usual = usual_settings(home.store, home.settings.home)
    assert usual.passed_over.startswith("rules has no plain convolutions")
    assert usual.pseudo_labels.startswith("What rules predicts teaches instead")
    few = {"steps": 4, "labelled_batch": 4, "unlabelled_batch": 2, "snapshot_every": 2, "loader_threads": 1}

    launch_round(home.store, engine, config=merge(usual.config, {"train": few}), user=home.lead)
    freeze_round(home.store, home.files, home.settings, 1)
    train_round(home.store, replace(home.settings, device="cpu"), 1)
    score_round(home.store, home.settings, 1)
    publish_round(home.store, home.settings, 1)

    assert home.round().state == "published"
    report = json.loads((home.folder() / "report.json").read_text())
    assert report["persons"] == {"labelled": 2, "unlabelled": 4, "validation": 2}
    assert (report["pseudo_labelled"], report["warnings"]) == (4, [])
