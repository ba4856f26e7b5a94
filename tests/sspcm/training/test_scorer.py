"""Two processes score one round's pool."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from sspcm.errors import CheckpointError, TrainingError
from sspcm.manifest import read_manifest
from sspcm.shard_files import begin_scoring, forget_shards, read_scoring
from sspcm.training import round, scorer, shards
from sspcm.training.round import run_round
from sspcm.training.scorer import score_shards
from tests.waiting import until

CPU = torch.device("cpu")
SMALL = str(Path(__file__).with_name("small_shards.py"))
pytestmark = pytest.mark.usefixtures("one_thread")


def start(command: str, folder: Path, *, pause: float) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, SMALL, "2", str(pause), command, str(folder), "--device", "cpu"],
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE if command == "score" else subprocess.DEVNULL,
        text=True,
    )


def copied(folder: Path, name: str) -> Path:
    other = folder.with_name(name)
    shutil.copytree(folder, other)
    return other


def test_a_pool_that_two_processes_share_is_that_of_one_to_the_byte(
    make_round: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_round(unlabelled=8, steps=2)
    alone = copied(folder, "alone")
    owner = start("round", folder, pause=3.0)
    until(lambda: read_scoring(folder) is not None)
    other = start("score", folder, pause=0.0)
    told, _ = other.communicate(timeout=60)
    assert (other.returncode, owner.wait(60)) == (0, 0)
    lines = [json.loads(line) for line in told.splitlines()]
    assert len(lines) >= 2 and {line["shards"] for line in lines} == {7}
    assert not list(folder.glob("*predictions-*")) and read_scoring(folder) is None

    monkeypatch.setattr(shards, "SHARD_PERSONS", 2)
    assert run_round(alone, device=CPU)
    assert (folder / "predictions.npz").read_bytes() == (alone / "predictions.npz").read_bytes()


def test_where_nothing_is_scored_there_is_nothing_to_do(make_round: Any) -> None:
    folder, told = make_round(steps=1), list[dict[str, Any]]()
    score_shards(folder, device=CPU, tell=told.append)
    assert run_round(folder, device=CPU)
    files = sorted(folder.iterdir())
    score_shards(folder, device=CPU, tell=told.append)
    assert (told, sorted(folder.iterdir())) == ([], files)


def test_networks_that_are_gone_while_they_are_wanted_are_told_and_afterwards_are_not(
    make_round: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_round(steps=1)
    assert run_round(folder, device=CPU)
    begin_scoring(folder, persons=2, shards=5)
    with pytest.raises(CheckpointError, match="cannot read the checkpoint"):
        score_shards(folder, device=CPU, tell=print)

    def ended(path: Path) -> Any:
        forget_shards(folder)
        return read_manifest(path)

    monkeypatch.setattr(scorer, "read_manifest", ended)
    score_shards(folder, device=CPU, tell=print)


def test_shards_of_other_networks_are_never_written(make_round: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The training begins anew while a scorer stands still between two batches."""
    folder = make_round(steps=1, unlabelled=1, validation=1, labelled=2)
    monkeypatch.setattr(shards, "SHARD_PERSONS", 2)
    monkeypatch.setattr(round, "predict_in_shards", begin_and_stop)
    assert not run_round(folder, device=CPU)
    told = list[dict[str, Any]]()

    def tell(line: dict[str, Any]) -> None:
        told.append(line)
        forget_shards(folder)
        begin_scoring(folder, persons=2, shards=2)

    score_shards(folder, device=CPU, tell=tell)
    assert told == [{"stage": "predict", "shard": 1, "shards": 2}]
    assert not list(folder.glob("predictions-*"))


def begin_and_stop(folder: Path, persons: Any, *_: Any) -> None:
    begin_scoring(folder, persons=2, shards=2)
    raise TrainingError("stopped here")
