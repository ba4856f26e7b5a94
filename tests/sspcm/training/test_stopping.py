"""A training that is asked to end ends after the step under way; several processes end after the same one."""

import os
import signal
import threading
from pathlib import Path

import pytest
import torch.multiprocessing
from torch import distributed

from sspcm.crops.sampling import ALONE, Share
from sspcm.training.stopping import AGREE_EVERY, told_to_stop


def test_sigterm_raises_a_flag_inside_and_ends_the_process_as_before_outside():
    before = signal.getsignal(signal.SIGTERM)
    with told_to_stop() as stop:
        assert not stop.agreed(ALONE, 1)
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.agreed(ALONE, 2)
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_thread_trains_without_hearing_signals():
    heard: list[bool] = []

    def listen() -> None:
        with told_to_stop() as stop:
            heard.append(stop.asked)

    thread = threading.Thread(target=listen)
    thread.start()
    thread.join()
    assert heard == [False]


def _ended_after(rank: int, folder: str) -> None:
    distributed.init_process_group("gloo", init_method=f"file://{folder}/met", rank=rank, world_size=2)
    with told_to_stop() as stop:
        stop.asked = rank == 1  # torchrun's signals reach processes at different steps
        step = next(step for step in range(1, 100) if stop.agreed(Share(rank, 2), step))
    Path(folder, str(rank)).write_text(str(step))
    distributed.destroy_process_group()


@pytest.mark.timeout(120)
def test_two_processes_end_after_the_same_step_though_one_alone_was_asked(tmp_path):
    torch.multiprocessing.spawn(_ended_after, args=(str(tmp_path),), nprocs=2)
    assert [(tmp_path / str(rank)).read_text() for rank in (0, 1)] == [str(AGREE_EVERY)] * 2
