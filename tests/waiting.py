"""Waiting for what other processes and threads do."""

import time
from collections.abc import Callable

import psutil


def until(condition: Callable[[], bool], timeout_s: float = 60.0) -> None:
    """Return when the condition holds; fail the test when it takes too long."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "took too long"
        time.sleep(0.02)


def gone(pid: int) -> bool:
    """Whether the process has ended, waited for or not."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:  # it may end at any moment
        return True
