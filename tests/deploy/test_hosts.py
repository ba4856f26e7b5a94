"""docs/deploy.md trains a round on several machines: its command runs here as two, which meet on the loopback."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

from sspcm.round_folder import REPORT_FILE, STATUS_FILE, TRAINING_FILE
from tests.app.web.serving import free_port
from tests.deploy.composed import ROOT
from tests.waiting import until

PAGE = ROOT / "docs" / "deploy.md"
BLOCK = re.compile(r"^```sh each machine\n(.*?)^```$", re.DOTALL | re.MULTILINE)
LIMIT_S = 180


def on_each_machine(folder: Path, port: int) -> list[str]:
    """The page's command with this machine's folder, address and processors."""
    (block,) = BLOCK.findall(PAGE.read_text())
    words = shlex.split(block.replace("\\\n", " "))
    stands_for = {
        "gpu-1.example:29400": f"127.0.0.1:{port}",
        "/srv/labelling/rounds/0007/attempt-1": str(folder),
        "gpu": "1",
    }
    assert words[0] == "torchrun" and set(stands_for) <= set(words), words
    return [
        sys.executable,
        "-m",
        "torch.distributed.run",
        *(stands_for.get(one, one) for one in words[1:]),
        "--device",
        "cpu",
    ]


def machines(folder: Path, said: Path) -> list[subprocess.Popen[bytes]]:
    command = on_each_machine(folder, free_port())
    env = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "GLOO_SOCKET_IFNAME": "lo"}
    with said.open("ab") as output:
        return [subprocess.Popen(command, env=env, stderr=output, stdout=output) for _ in range(2)]


def switch_off(machine: subprocess.Popen[bytes]) -> None:
    """Everything on it at one moment."""
    if machine.poll() is None:
        for process in (psutil.Process(machine.pid), *psutil.Process(machine.pid).children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                process.kill()
    machine.wait()


def read(path: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads(path.read_text())
    return found


def test_two_machines_train_one_round_and_go_on_with_it_after_one_was_lost(
    make_round: Callable[..., Path], tmp_path: Path
) -> None:
    folder, said = make_round(steps=40, snapshot_every=4, labelled_batch=2, unlabelled_batch=2), tmp_path / "said"
    both = machines(folder, said)
    try:
        until(lambda: (folder / TRAINING_FILE).exists() or both[0].poll() is not None, timeout_s=LIMIT_S)
        assert (folder / TRAINING_FILE).exists(), said.read_text()
        switch_off(both[1])
        assert both[0].wait(LIMIT_S) != 0, "the first one does not go on alone"
        assert (folder / TRAINING_FILE).exists(), said.read_text()

        both = machines(folder, said)
        assert [one.wait(LIMIT_S) for one in both] == [0, 0], said.read_text()
    finally:
        for one in both:
            switch_off(one)
    assert read(folder / STATUS_FILE) == {"state": "done"}
    report = read(folder / REPORT_FILE)
    assert report["device"] == "cpu"
    assert any("went on from step" in str(one) for one in list(report["warnings"]))  # type: ignore[call-overload]
