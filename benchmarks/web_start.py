"""How fast the web process starts and how much memory it takes, with a demo home. One JSON line.

python benchmarks/web_start.py [--runs 3]
"""

import argparse
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import psutil

ROOT = Path(__file__).parent.parent


HEAVY = ("torch", "onnxruntime")
"""What the web process must never load."""


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_once(home: Path) -> tuple[float, float, list[str]]:
    """Seconds from process start to the first 200, resident MB then, and which heavy libraries are mapped."""
    port = free_port()
    command = [sys.executable, "-P", "-m", "app", "--home", str(home), "web", "--port", str(port)]
    began = time.perf_counter()
    web = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        seconds = wait_for(f"http://127.0.0.1:{port}/healthz", began, web)
        urllib.request.urlopen(f"http://127.0.0.1:{port}/login").read()
        process = psutil.Process(web.pid)
        paths = [mapped.path for mapped in process.memory_maps()]
        heavy = [name for name in HEAVY if any(name in path for path in paths)]
        return seconds, process.memory_info().rss / 2**20, heavy
    finally:
        web.terminate()
        web.wait(20)


def wait_for(url: str, began: float, web: "subprocess.Popen[bytes]") -> float:
    """Poll until the server answers; raises if it dies or takes a minute."""
    while time.perf_counter() - began < 60:
        if web.poll() is not None:
            raise RuntimeError(f"the web process ended with {web.returncode}")
        try:
            urllib.request.urlopen(url, timeout=1).read()
            return time.perf_counter() - began
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"no answer from {url} within 60 s")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        subprocess.run(
            [sys.executable, "-P", "-m", "app", "--home", str(home), "migrate"], cwd=ROOT, check=True, stdout=2
        )
        measured = [start_once(home) for _ in range(runs)]
    print(
        json.dumps(
            {
                "benchmark": "web_start",
                "runs": runs,
                "seconds_median": round(statistics.median(m[0] for m in measured), 2),
                "seconds": [round(m[0], 2) for m in measured],
                "rss_mb": round(statistics.median(m[1] for m in measured), 1),
                **{f"{name}_loaded": any(name in m[2] for m in measured) for name in HEAVY},
            }
        )
    )


if __name__ == "__main__":
    main()
