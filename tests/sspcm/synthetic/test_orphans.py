"""Processes that end with the one that started them."""

import subprocess
import sys
import time
from pathlib import Path

STARTER = """
import multiprocessing, time
from concurrent.futures import ProcessPoolExecutor
from sspcm.synthetic.orphans import end_with_parent
if __name__ == "__main__":
    pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"), initializer=end_with_parent)
    pool.submit(time.sleep, 0).result()
    print(next(iter(pool._processes)), flush=True)
    time.sleep(600)
"""


def is_running(process: int) -> bool:
    """Also false of a process that ended and that nobody asked about yet."""
    told = Path(f"/proc/{process}/stat")
    return told.exists() and ") Z " not in told.read_text()


def test_a_worker_ends_when_the_one_who_started_it_is_killed():
    parent = subprocess.Popen([sys.executable, "-c", STARTER], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout:
        worker = int(parent.stdout.readline())
        assert is_running(worker)
        parent.kill()
        parent.wait()
    until = time.monotonic() + 20
    while is_running(worker):
        assert time.monotonic() < until, "the worker outlived its parent"
        time.sleep(0.05)
