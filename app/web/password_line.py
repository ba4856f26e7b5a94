"""Passwords checked few at a time: one check takes a core and 19 MiB, and other people's saves must not wait for it."""

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from db.records import UserRecord

AT_ONCE = 2
WAITING = 40
"""Who comes later is asked to come again."""
NICE = 10
"""How far a check stands back behind those who work, 0 to 19."""

Check = Callable[[str, str], UserRecord | None]
"""The account a name and a password belong to."""


class LineIsFull(Exception):
    """Too many wait to have their password checked."""


class PasswordLine:
    """Those who wait, first come, first served. Used from one event loop."""

    def __init__(self, check: Check, *, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._check = check
        self._room = at_once + waiting
        self._inside = 0
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="password", initializer=_stand_back)

    async def check(self, name: str, password: str) -> UserRecord | None:
        """The account these belong to, or None. Raises LineIsFull."""
        if self._inside >= self._room:  # counted here: an executor's own queue has no end
            raise LineIsFull
        self._inside += 1
        checked = asyncio.get_running_loop().run_in_executor(self._threads, self._check, name, password)
        checked.add_done_callback(self._leave)
        return await asyncio.shield(checked)  # who hangs up has left a check that goes on: it counts until it ends

    def _leave(self, checked: "asyncio.Future[UserRecord | None]") -> None:
        self._inside -= 1
        if not checked.cancelled():
            checked.exception()  # seen, where nobody waits for it any more


def _stand_back() -> None:
    """Let the operating system prefer every other thread; Linux does so for single ones."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
