"""`sspcm round`: a round's folder, run to its end or its error."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

from sspcm.__main__ import main


def test_round_ends_with_zero_and_a_broken_one_with_one_line(make_round, capsys):
    folder = make_round(steps=1)
    assert main(["round", str(folder), "--device", "cpu"]) == 0
    assert main(["round", str(folder / "nowhere"), "--device", "cpu"]) == 1
    assert "there is no folder" in capsys.readouterr().err


def test_a_round_whose_manifest_is_broken_says_why_on_stderr(make_round, capsys):
    folder = make_round()
    (folder / "manifest.json").write_text("[]")
    assert main(["round", str(folder), "--device", "cpu"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("sspcm: the manifest") and error.count("\n") == 1


def test_a_dry_run_says_what_the_round_costs_and_writes_nothing(make_round, capsys):
    folder = make_round(steps=30)
    assert main(["round", str(folder), "--dry-run", "--device", "cpu"]) == 0
    cost = json.loads(capsys.readouterr().out)
    assert (cost["steps"], cost["labelled"], cost["predicted"]) == (30, 3, 9)
    assert [path.name for path in folder.iterdir()] == ["manifest.json"]
    assert main(["round", str(folder), "--device", "cpu"]) == 0, "it runs as if nothing had been asked"


def together(folder: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-P", "-m", "sspcm", "round", "--processes", "2", str(folder), "--device", "cpu"]
    return subprocess.Popen(command, env=os.environ | {"OMP_NUM_THREADS": "1"})


def wait_for_steps(folder: Path, least: int) -> None:
    metrics, deadline = folder / "metrics.jsonl", time.monotonic() + 240
    while not metrics.exists() or json.loads(metrics.read_text().splitlines()[-1])["step"] < least:
        assert time.monotonic() < deadline and not (folder / "status.json").exists()
        time.sleep(0.1)


def test_several_processes_share_a_round_and_one_goes_on_with_it(make_round):
    """Killed, they end as the killed one did; then another number of processes takes the checkpoint."""
    folder = make_round(steps=400, snapshot_every=4, labelled=4, unlabelled=4)
    process = together(folder)
    wait_for_steps(folder, 8)
    children = psutil.Process(process.pid).children(recursive=True)
    trainers = [one for one in children if "round" in one.cmdline()]
    assert len(trainers) == 2
    trainers[1].kill()
    assert process.wait(timeout=120) == -signal.SIGKILL
    assert not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in trainers)
    assert (folder / "training.safetensors").exists() and not (folder / "status.json").exists()
    again = together(folder)
    wait_for_steps(folder, 12)
    again.terminate()
    assert again.wait(timeout=120) == 1
    assert json.loads((folder / "status.json").read_text())["state"] == "stopped", "the step under way is kept"


def test_a_checkpoint_of_two_processes_goes_on_in_one(make_round):
    folder = make_round(steps=6, snapshot_every=2, labelled=4, unlabelled=4)
    process = together(folder)
    wait_for_steps(folder, 2)
    process.terminate()
    process.wait(timeout=120)
    if json.loads((folder / "status.json").read_text())["state"] == "stopped":
        assert main(["round", str(folder), "--device", "cpu"]) == 0
        warnings = json.loads((folder / "report.json").read_text())["warnings"]
        assert any("went on in 1 processes" in one and "before in 2" in one for one in warnings)


def test_batches_that_processes_cannot_share_are_refused(make_round, capsys):
    folder = make_round(steps=1)
    assert main(["round", "--processes", "7", str(folder), "--device", "cpu"]) == 1
    assert "wanted a multiple of 7, for 7 processes" in capsys.readouterr().err
    assert main(["round", "--processes", "auto", str(folder), "--device", "cpu"]) == 0, "a CPU has one"
