"""What a worker does now, in words and since when: its jobs say it, its sign of life tells it on."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from db.clock import utc_now


class Activity:
    """Threads share one. A job may say more than once what it does; where two run, both are told."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._told: dict[int, tuple[str, datetime]] = {}
        self._last = 0
        self.changed = threading.Event()
        """Set when there is something new to tell."""

    @contextmanager
    def of(self, what: str) -> Iterator[Callable[[str], None]]:
        """It does this until the block ends; what the block gets says it in other words from then on."""
        with self._lock:
            self._last += 1
            mine = self._last
        since = utc_now()

        def say(what: str) -> None:
            with self._lock:
                self._told[mine] = what, since
            self.changed.set()

        say(what)
        try:
            yield say
        finally:
            with self._lock:
                del self._told[mine]
            self.changed.set()

    @property
    def now(self) -> tuple[str | None, datetime | None]:
        """What, and since when; None, None where it waits."""
        with self._lock:
            told = list(self._told.values())
        if not told:
            return None, None
        return "; ".join(what for what, _ in told), min(since for _, since in told)
