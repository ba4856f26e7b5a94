"""Few passwords are checked at a time; a short line waits, and the rest is asked to come again."""

import asyncio
import threading
import time

import pytest

from app.web.password_line import LineIsFull, PasswordLine
from db.records import UserRecord

ANN = UserRecord(1, "ann", "annotator")


class Checks:
    """A slow check that counts how many run at once."""

    def __init__(self) -> None:
        self.running = self.most = self.done = 0
        self._lock = threading.Lock()

    def __call__(self, name: str, password: str) -> UserRecord | None:
        with self._lock:
            self.running += 1
            self.most = max(self.most, self.running)
        time.sleep(0.02)
        with self._lock:
            self.running -= 1
            self.done += 1
        if password == "break":
            raise RuntimeError("broken")
        return ANN if password == "right" else None


def test_no_more_than_two_at_a_time_and_who_comes_too_late_is_told() -> None:
    checks = Checks()

    async def forty() -> list[object]:
        line = PasswordLine(checks, at_once=2, waiting=10)
        return await asyncio.gather(*(line.check("ann", "right") for _ in range(40)), return_exceptions=True)

    outcomes = asyncio.run(forty())
    assert outcomes[:12] == [ANN] * 12
    assert all(isinstance(outcome, LineIsFull) for outcome in outcomes[12:])
    assert (checks.most, checks.done) == (2, 12)


def test_a_place_is_free_again_after_right_wrong_broken_and_who_hung_up() -> None:
    async def each() -> None:
        line = PasswordLine(Checks(), at_once=1, waiting=0)
        assert await line.check("ann", "right") == ANN
        assert await line.check("ann", "wrong") is None
        with pytest.raises(RuntimeError):
            await line.check("ann", "break")
        gone = asyncio.create_task(line.check("ann", "break"))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.sleep(0)
        with pytest.raises(LineIsFull):  # its check still runs
            await line.check("ann", "right")
        await asyncio.sleep(0.1)
        assert await line.check("ann", "right") == ANN

    asyncio.run(each())
