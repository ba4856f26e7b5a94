"""What 40 log-ins at once cost everybody else: GET /api/next in a quiet server and beside them, in one run.

    python -P -m benchmarks.logins [--logins 40] [--seconds 6]

Prints one JSON line: p50 and p95 in ms, quiet and busy, their ratio, what became of the log-ins, the server's memory.
"""

import argparse
import json
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import numpy as np
import psutil
from PIL import Image

from app.dataset.importing import import_folder
from app.home.image_files import ImageFiles
from app.home.settings import read_settings
from db.people import users
from db.store.session import migrate, open_store
from sspcm.skeletons.skeleton import get_skeleton

ROOT = Path(__file__).parents[1]
PASSWORD = secrets.token_urlsafe(12)
WORKERS = 4
PAUSE_S = 0.05


def make_home(home: Path, *, people: int) -> None:
    """Thirty small images and so many accounts."""
    frames = home / "frames"
    frames.mkdir(parents=True)
    for number in range(30):
        noise = np.random.default_rng(number).integers(0, 255, (48, 64, 3), dtype=np.uint8)
        Image.fromarray(noise).save(frames / f"{number}.png")
    url = read_settings(home, {}).database_url
    migrate(url)
    store = open_store(url)
    import_folder(store, ImageFiles(home), images_dir=frames, skeleton=get_skeleton("coco-17"))
    with store.transaction() as tx:
        for number in range(people):
            users.add_user(tx, f"ann{number}", "annotator", PASSWORD)
    store.close()


def sign_in(url: str, name: str) -> httpx.Client:
    """A browser of its own."""
    client = httpx.Client(base_url=url, timeout=120)
    assert client.post("/login", data={"name": name, "password": PASSWORD}).status_code == 303
    return client


def work(client: httpx.Client, until: float) -> list[float]:
    """An annotator who asks for work again and again; how long each took, in ms."""
    took = []
    while time.monotonic() < until:
        began = time.perf_counter()
        assert client.get("/api/next").status_code == 200
        took.append((time.perf_counter() - began) * 1000)
        time.sleep(PAUSE_S)
    return took


def everybody(clients: list[httpx.Client], seconds: float) -> list[float]:
    """All annotators at once."""
    until = time.monotonic() + seconds
    with ThreadPoolExecutor(len(clients)) as pool:
        return [ms for took in pool.map(lambda client: work(client, until), clients) for ms in took]


def log_in(url: str, name: str, until: float, statuses: Counter[int]) -> None:
    """Somebody who signs in again and again, with the right password, each time in a new browser."""
    while time.monotonic() < until:
        with httpx.Client(base_url=url, timeout=60) as client:
            statuses[client.post("/login", data={"name": name, "password": PASSWORD}).status_code] += 1


def quantiles(took: list[float]) -> tuple[float, float]:
    """p50 and p95."""
    cuts = statistics.quantiles(took, n=20)
    return round(cuts[9], 1), round(cuts[18], 1)


def measure(home: Path, *, logins: int, seconds: float) -> dict[str, object]:
    """Quiet, then busy, then quiet again: the quieter of the two is compared with."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    server = subprocess.Popen(
        [sys.executable, "-P", "-m", "app", "--home", str(home), "web", "--port", str(port)], env=environ
    )
    url = f"http://127.0.0.1:{port}"
    try:
        while True:
            try:
                httpx.get(f"{url}/healthz")
                break
            except httpx.TransportError:
                time.sleep(0.2)
        process = psutil.Process(server.pid)
        clients = [sign_in(url, f"ann{number}") for number in range(WORKERS)]
        everybody(clients, 2)
        rss = process.memory_info().rss
        before = everybody(clients, seconds)
        statuses: Counter[int] = Counter()
        until = time.monotonic() + seconds
        crowd = [
            threading.Thread(target=log_in, args=(url, f"ann{WORKERS + n}", until, statuses)) for n in range(logins)
        ]
        for thread in crowd:
            thread.start()
        busy = everybody(clients, seconds)
        for thread in crowd:
            thread.join()
        grown = process.memory_info().rss
        after = everybody(clients, seconds)
    finally:
        server.terminate()
        server.wait()
    quiet = min(quantiles(before), quantiles(after), key=lambda pair: pair[1])
    return {
        "logins_at_once": logins,
        "quiet_p50_p95_ms": quiet,
        "busy_p50_p95_ms": quantiles(busy),
        "ratio_of_p95": round(quantiles(busy)[1] / quiet[1], 2),
        "logins": {str(status): count for status, count in sorted(statuses.items())},
        "rss_mb": [rss // 1_000_000, grown // 1_000_000],
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
    }


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--logins", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=6.0)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        make_home(home, people=WORKERS + chosen.logins)
        print(json.dumps(measure(home, logins=chosen.logins, seconds=chosen.seconds)))


if __name__ == "__main__":
    main()
