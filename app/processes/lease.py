"""How long a worker's jobs are surely its own: what it starts ends when that is over, whatever became of the worker.

Others take a worker's jobs once it was not heard of for its lease. Everything here ends before: at half the lease
without a sign that the store took, a process is asked to stop, and after a third more it is killed.
"""

import math
import threading
import time


class Lease:
    """The moment until which this worker's processes may run, on this machine's clock that is never set."""

    def __init__(self, seconds: float = math.inf) -> None:
        """seconds: for how long others wait; infinite where there are no others."""
        self._seconds = seconds
        self._until = math.inf
        self._renewed = threading.Condition()

    @property
    def until(self) -> float:
        """As `time.monotonic` tells it."""
        return self._until

    def grace_s(self, usual: float) -> float:
        """How long a process may take to end, so that it has before others begin."""
        return min(usual, self._seconds / 3)

    def renew(self, sent_at: float) -> None:
        """The store took a sign that was sent at that moment: late news count from then, and not from now."""
        with self._renewed:
            self._until = sent_at + self._seconds / 2
            self._renewed.notify_all()

    def wait(self) -> None:
        """Return when the worker's jobs are its own: at once mostly."""
        with self._renewed:
            self._renewed.wait_for(lambda: time.monotonic() < self._until)


UNLIMITED = Lease()
"""Of the one worker of a home, and outside of workers."""
