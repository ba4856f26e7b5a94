"""A training that is asked to end (SIGTERM) ends after the step under way, and keeps that step."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import torch
from torch import distributed

from sspcm.crops.sampling import Share

AGREE_EVERY = 10
"""Several processes look after so many steps whether one of them was asked: each look waits for all."""


class Stopped(Exception):
    """The training was asked to end; what it did is kept."""


class StopFlag:
    """Whether this process was asked to end."""

    def __init__(self) -> None:
        self.asked = False

    def agreed(self, share: Share, step: int) -> bool:
        """Whether to end after this step: all processes or none. Every process must ask after every step."""
        if share.world == 1:
            return self.asked
        if step % AGREE_EVERY:
            return False
        device = "cuda" if distributed.get_backend() == "nccl" else "cpu"
        asked = torch.tensor([int(self.asked)], device=device)
        distributed.all_reduce(asked, op=distributed.ReduceOp.MAX)
        return bool(asked)


@contextmanager
def told_to_stop() -> Iterator[StopFlag]:
    """Inside, SIGTERM raises a flag instead of ending the process. A thread other than the main one gets no signals."""
    flag = StopFlag()
    if threading.current_thread() is not threading.main_thread():
        yield flag
        return

    def note(_number: int, _frame: FrameType | None) -> None:
        flag.asked = True

    before = signal.signal(signal.SIGTERM, note)
    try:
        yield flag
    finally:
        signal.signal(signal.SIGTERM, before)
