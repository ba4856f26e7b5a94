"""How long a lead waits: from launch to the first step, for a cancel, for a round to go on after a kill; and idle CPU.

    python -m benchmarks.round_times [--cancels 20] [--launches 3] [--kills 5] [--idle-s 60] [--seed 0]

`up` on a home of drawn people, a small network. One JSON line, seconds: launch_to_step from the answered launch to the
first step that the trainer tells; cancel from the answered request, at random moments of a training, until the round is
cancelled and its trainer is gone; recovery from SIGKILL of the worker, or of the trainer, to the next step that is
told; steps are told once a second. idle_cpu: of web, worker and their supervisor together, in cores.
"""

import argparse
import json
import random
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import psutil

from app.demo.client import free_port, get, post, signed_in
from app.demo.home import ensure_demo_home
from app.home.settings import Settings, read_settings
from app.processes.supervisor import STEADY_S
from benchmarks.soak import TRAINER, Up, has_stepped

LONG = {
    "train": {"steps": 100_000, "snapshot_every": 20, "labelled_batch": 2, "unlabelled_batch": 2},
    "model": {"input_height": 64, "input_width": 64},
}
LIMIT_S = 180.0
SETTLE_S = 30.0


def main() -> None:
    """Run, and print the line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cancels", type=int, default=20)
    parser.add_argument("--launches", type=int, default=3)
    parser.add_argument("--kills", type=int, default=5, help="of the worker, and as many of the trainer")
    parser.add_argument("--idle-s", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="round-times-") as folder:
        print(json.dumps({"benchmark": "round_times", **measure(Path(folder), options)}), flush=True)


def measure(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """All figures, in one home."""
    settings = read_settings(folder / "home", environ={}, port=free_port())
    home, up, chance = ensure_demo_home(settings), Up(settings, {}), random.Random(options.seed)
    up.start()
    try:
        wait_until(lambda: is_up(settings, up))
        idle = idle_cores(up, options.idle_s)
        with signed_in(settings, "lead", home) as lead:
            launches, cancels = [], []
            for _ in range(options.launches):
                began = time.monotonic()
                number = post(lead, "/api/rounds", {"preset": "demo", "config": LONG})["number"]
                wait_until(lambda: has_stepped(up))
                launches.append(time.monotonic() - began)
                cancels.append(cancel(lead, up, number))
            for _ in range(options.cancels - options.launches):
                post(lead, f"/api/rounds/{number}/story", {"do": "go on"})
                wait_until(lambda: has_stepped(up))
                time.sleep(chance.uniform(0, 4))
                cancels.append(cancel(lead, up, number))
            post(lead, f"/api/rounds/{number}/story", {"do": "go on"})
            worker = [recovery(up, ("app", "worker"), chance) for _ in range(options.kills)]
            trainer = [recovery(up, TRAINER, chance) for _ in range(min(options.kills, 2))]  # a third one fails it
    finally:
        left = up.stop()
    return {
        "launch_to_step_s": spread(launches),
        "cancel_s": spread(cancels),
        "recovery_s": {"worker": spread(worker), "trainer": spread(trainer)},
        "idle_cpu": round(idle, 4),
        "left_behind": left,
    }


def cancel(lead: httpx.Client, up: Up, number: int) -> float:
    """Seconds until nothing of it runs."""
    post(lead, f"/api/rounds/{number}/story", {"do": "cancel"})
    began = time.monotonic()
    wait_until(lambda: up.named(*TRAINER) is None and get(lead, f"/api/rounds/{number}").json()["state"] == "cancelled")
    return time.monotonic() - began


def recovery(up: Up, which: tuple[str, ...], chance: random.Random) -> float:
    """Seconds from a kill to the next step."""
    wait_until(lambda: has_stepped(up))
    time.sleep(STEADY_S + chance.uniform(0, 4))  # a service that ends again and again is given up for minutes
    one = up.named(*which)
    assert one is not None
    one.kill()
    began = time.monotonic()
    wait_until(lambda: not has_stepped(up))
    wait_until(lambda: has_stepped(up))
    return time.monotonic() - began


def idle_cores(up: Up, seconds: float) -> float:
    """CPU seconds a second of the whole tree, once it has settled; nobody asks for anything."""
    time.sleep(SETTLE_S)
    before = cpu_seconds(up)
    time.sleep(seconds)
    return (cpu_seconds(up) - before) / seconds


def cpu_seconds(up: Up) -> float:
    """Of the processes that live."""
    total = 0.0
    for one in up.tree():
        with suppress(psutil.Error):
            times = one.cpu_times()
            total += times.user + times.system
    return total


def is_up(settings: Settings, up: Up) -> bool:
    """Whether both services are."""
    with suppress(httpx.HTTPError):
        url = f"http://{settings.host}:{settings.port}/healthz"
        return httpx.get(url, timeout=5).status_code == 200 and up.named("app", "worker") is not None
    return False


def wait_until(condition: Callable[[], bool]) -> None:
    """Raises TimeoutError where it takes longer than LIMIT_S."""
    deadline = time.monotonic() + LIMIT_S
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {LIMIT_S:.0f} s")
        time.sleep(0.05)


def spread(found: list[float]) -> dict[str, float]:
    """Median, longest, and how many."""
    return {"median": round(median(found), 2), "longest": round(max(found), 2), "count": len(found)}


if __name__ == "__main__":
    main()
