"""What a check of the loop knows: the truth, what was corrected, and how it failed."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


class CheckError(RuntimeError):
    """The check cannot begin; the message says why."""


class CheckFailed(RuntimeError):
    """The loop broke before it could be judged; the message says where."""


@dataclass(frozen=True)
class Truth:
    """Where one person of the pool really is; area in square pixels."""

    xyv: list[list[float]]
    area: float


@dataclass
class Loop:
    """What the loop did so far, told to `say` as it goes."""

    say: Callable[[str], None]
    seconds: dict[str, float] = field(default_factory=dict)
    accepted: dict[int, Truth] = field(default_factory=dict)
    """By the store's person id."""
    images: int = 0

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Note how long a stage took."""
        began = time.perf_counter()
        yield
        self.seconds[stage] = round(time.perf_counter() - began, 2)
        self.say(f"{stage}: {self.seconds[stage]} s")
