"""An answer that costs a second, given again as long as it holds: every open page asks for it."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

Told = TypeVar("Told")


class KeptAnswer(Generic[Told]):
    """The last answer. One request at a time makes a new one; the others wait for it."""

    def __init__(self, *, again_after_s: float) -> None:
        self._again_after_s = again_after_s
        self._turn = threading.Lock()
        self._kept: tuple[object, object, float, Told] | None = None

    def now(self, tell: Callable[[], Told], *, chosen: object, mark: object) -> Told:
        """The answer: a new one at once where `chosen` is another, and where `mark` is, once the kept one is old."""
        with self._turn:
            if self._kept is not None:
                was_chosen, was_marked, told_at, told = self._kept
                is_fresh = was_marked == mark or time.monotonic() - told_at < self._again_after_s
                if was_chosen == chosen and is_fresh:
                    return told
            told = tell()
            self._kept = (chosen, mark, time.monotonic(), told)
            return told

    def forget(self) -> None:
        """The next answer is a new one."""
        with self._turn:
            self._kept = None
