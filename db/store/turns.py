"""Writers of one process take turns, in the order in which they came.

SQLite lets one connection write at a time and has no queue: its waiters look again and again, and with forty threads
some look at the wrong moments for half a minute. So a process sends one of its threads at a time.
"""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from db.errors import StoreBusy


@dataclass(eq=False)
class _Waiter:
    thread: int
    turn_came: threading.Event = field(default_factory=threading.Event)


class Turns:
    """First come, first served; nobody waits longer than they said."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[_Waiter] = deque()
        self._writer: int | None = None

    @contextmanager
    def turn(self, *, give_up_at: float) -> Iterator[None]:
        """The block runs while every other thread's turn waits. give_up_at: by time.monotonic().

        Raises StoreBusy when the turn does not come in time; RuntimeError in a thread whose turn it is already.
        """
        self._wait(give_up_at)
        try:
            yield
        finally:
            self._pass_on()

    def _wait(self, give_up_at: float) -> None:
        me = threading.get_ident()
        with self._guard:
            if self._writer == me:
                raise RuntimeError(
                    "a transaction was begun within a transaction of the same thread, which would wait for itself; "
                    "wanted one transaction a use case. Hand the open session on instead."
                )
            if self._writer is None:
                self._writer = me
                return
            waiter = _Waiter(me)
            self._waiting.append(waiter)
        try:
            if waiter.turn_came.wait(max(0.0, give_up_at - time.monotonic())):
                return
        except BaseException:  # Ctrl-C too: a place that nobody leaves would stop the line
            self._leave(waiter)
            raise
        self._leave(waiter)
        raise StoreBusy(
            "the store is busy: others' changes took too long; wanted a turn to write. "
            "Nothing was changed. Try again in a moment."
        )

    def _leave(self, waiter: _Waiter) -> None:
        """Out of the queue; a turn that came at the last moment is passed on."""
        with self._guard:
            if waiter in self._waiting:
                self._waiting.remove(waiter)
                return
        self._pass_on()

    def _pass_on(self) -> None:
        with self._guard:
            if not self._waiting:
                self._writer = None
                return
            following = self._waiting.popleft()
            self._writer = following.thread  # handed over under the guard: nobody slips in between
            following.turn_came.set()
