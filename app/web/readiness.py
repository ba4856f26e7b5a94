"""Whether the server can do its work now: the store takes a transaction, the home's disk takes a file."""

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path

from app.home.bucket import BucketAway
from app.home.shared_files import shared_files
from db.pool.project import project_uuid
from db.rounds import workers
from db.store.session import Store

ANSWER_WITHIN_S = 2.0
FRESH_S = 1.0
"""A look is shared by whoever asks within this time: many who ask cost no more than one."""
LEAST_FREE = 20_000_000
"""Bytes, or a fiftieth of a small disk: room for a few images and the labels of a day."""

Look = Callable[[], str | None]
"""What is wrong, in words without any path: strangers may ask. None: nothing."""


class Readiness:
    """One look at a time, in a thread of its own; a look that hangs keeps no second thread."""

    def __init__(self, look: Look, *, within_s: float = ANSWER_WITHIN_S, fresh_s: float = FRESH_S) -> None:
        self._look = look
        self._within_s, self._fresh_s = within_s, fresh_s
        self._last: asyncio.Task[str | None] | None = None
        self._ended = 0.0

    async def trouble(self) -> str | None:
        """Why the server is not ready, in words; None if it is."""
        if self._last is None or (self._last.done() and time.monotonic() - self._ended >= self._fresh_s):
            self._last = asyncio.create_task(self._in_a_thread())
        # unlike wait_for, leaves the look going on for who asks next
        looked, _ = await asyncio.wait({self._last}, timeout=self._within_s)
        return self._last.result() if looked else f"the store did not answer within {self._within_s:g} s"

    async def _in_a_thread(self) -> str | None:
        try:
            return await asyncio.to_thread(self._look)
        finally:
            self._ended = time.monotonic()


def look_at(store: Store, home: Path) -> Look:
    """Looks at the disk, then at the store, then at the bucket, if the home has one."""

    def look() -> str | None:
        return _trouble_of_disk(home) or _trouble_of_store(store) or _trouble_of_bucket(home)

    return look


def _trouble_of_disk(home: Path) -> str | None:
    try:
        disk = os.statvfs(home)
    except OSError:
        return "the home folder cannot be reached"
    if not os.access(home, os.W_OK):
        return "the home folder cannot be written to"
    if disk.f_bavail * disk.f_frsize < min(LEAST_FREE, disk.f_blocks * disk.f_frsize // 50):
        return "the disk of the home folder is full"
    if disk.f_files and not disk.f_favail:  # some file systems count none
        return "the disk of the home folder takes no more files"
    return None


def _trouble_of_store(store: Store) -> str | None:
    """A transaction that may write, and writes nothing: a store that can be read but takes no label is not ready."""
    try:
        with store.transaction(durable=False) as tx:
            project_uuid(tx)  # a table of ours: any database answers a bare SELECT 1
    except Exception:  # whatever it is: who asks here wants to know whether, the log of those who work tells what
        return "the store does not answer"
    return None


def _trouble_of_bucket(home: Path) -> str | None:
    try:
        shared_files(home).trouble()
    except BucketAway:
        return "the bucket with the home's files does not answer"
    return None


def worker_heard_of(store: Store) -> str:
    """When the worker gave its last sign, in words for whoever asks: labelling goes on without one."""
    with store.reading() as tx:
        seen = workers.latest(tx)
    if seen is None:
        return "no worker has run here"
    return f"{'the worker was ended' if seen.ended else 'a worker was heard of'} {seen.seconds:.0f} s ago"
