"""A training that one version of the program began, another goes on with, from its checkpoint."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict, fields
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from sspcm.config import TrainConfig
from sspcm.manifest import RoundError, manifest_data, read_manifest
from sspcm.round_folder import TRAINING_FILE
from sspcm.training.folder import open_folder
from sspcm.training.round import run_round
from sspcm.training.telling import Log

CPU = torch.device("cpu")
pytestmark = pytest.mark.usefixtures("one_thread")
LATER = ("anchor", "pseudo_share", "pseudo_confidence", "ships", "held_out")
"""Settings that there were not always."""


def as_an_earlier_version_wrote_it(folder: Path) -> None:
    path = folder / "manifest.json"
    data = json.loads(path.read_text())
    for name in LATER:
        assert data["config"]["train"].pop(name) == getattr(TrainConfig(), name), "the default is what was so before"
    path.write_text(json.dumps(data))


def test_a_training_killed_under_an_earlier_version_goes_on_from_its_checkpoint(make_round) -> None:
    """kill -9; what the checkpoint's log has was told in other words by the version that wrote it."""
    folder = make_round(steps=6, snapshot_every=2)
    as_an_earlier_version_wrote_it(folder)
    command = [sys.executable, "-m", "sspcm", "round", str(folder), "--device", "cpu"]
    process = subprocess.Popen(command, env={**os.environ, "OMP_NUM_THREADS": "1"})
    path = folder / TRAINING_FILE
    while not path.exists():
        assert process.poll() is None, "the round ended before its first checkpoint"
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait()
    with safe_open(path, framework="pt") as file:
        metadata = file.metadata()
    log = json.loads(metadata["log"])
    del log["under_way"], log["processes"]
    metadata |= {"log": json.dumps(log | {"of_old": [1, 2]}), "identity": f"{metadata['identity']} in 2"}
    save_file(load_file(path), path, metadata=metadata)

    assert run_round(folder, device=CPU), (folder / "status.json").read_text()

    report = json.loads((folder / "report.json").read_text())
    went_on = [one for one in report["warnings"] if "went on from step" in one]
    assert went_on and [epoch["step"] for epoch in report["epochs"]] == [2, 4, 6]
    assert "another version began this training; left out of its report: of_old." in report["warnings"]
    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines if line.get("began")][1:][0] >= 2


def test_the_same_command_finds_its_training_again_in_a_version_with_more_settings(make_round) -> None:
    folder = make_round(steps=6, snapshot_every=2)
    manifest = read_manifest(folder / "manifest.json")
    as_an_earlier_version_wrote_it(folder)
    before = (folder / "manifest.json").read_bytes()
    open_folder(folder, manifest)
    assert (folder / "manifest.json").read_bytes() == before, "a checkpoint knows it by its digest"


def test_settings_that_this_version_does_not_know_are_named_and_everything_is_kept(make_round) -> None:
    folder = make_round(steps=6, snapshot_every=2)
    manifest = read_manifest(folder / "manifest.json")
    data = manifest_data(manifest)
    data["config"]["train"]["of_old"] = 3
    (folder / "manifest.json").write_text(json.dumps(data))
    (folder / TRAINING_FILE).write_bytes(b"what was learned")
    assert not run_round(folder, device=CPU)
    said = json.loads((folder / "status.json").read_text())["error"]
    assert "unknown setting 'train.of_old'" in said and "Everything is kept. Go on with the version" in said
    assert (folder / TRAINING_FILE).read_bytes() == b"what was learned"
    with pytest.raises(RoundError, match=r"config\.train\.of_old is 3 there, None here"):
        open_folder(folder, manifest)


def test_a_log_is_recalled_with_what_it_has() -> None:
    log = Log(train_seconds=3.0, warnings=["a"])
    assert Log.recalled(asdict(log)) == log
    assert Log.recalled({"train_seconds": 3.0}) == Log(train_seconds=3.0)
    assert {one.name for one in fields(Log)} >= set(asdict(Log.recalled({"x": 1})))
