"""Several processes that train together, as torchrun starts them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import torch
from torch import distributed

from sspcm.config import ConfigError, TrainConfig
from sspcm.crops.sampling import ALONE, Share

STARTED_BY_TORCHRUN = "WORLD_SIZE"
LONGEST_MEASUREMENT = timedelta(hours=6)
"""The first process measures alone while the others wait for its next gradients."""


@contextmanager
def joined(device: torch.device) -> Iterator[tuple[Share, torch.device]]:
    """This process's share and its own device; alone where torchrun did not start it (RANK, WORLD_SIZE)."""
    world = int(os.environ.get(STARTED_BY_TORCHRUN, "1"))
    if world == 1:
        yield ALONE, device
        return
    if device.type == "cuda":
        number, there = int(os.environ["LOCAL_RANK"]), torch.cuda.device_count()
        if number >= there:
            raise ConfigError(
                f"process {number + 1} of this machine found {there} GPUs; wanted one each. "
                f"Start torchrun with --nproc-per-node {there}, or give --device cpu."
            )
        device = torch.device("cuda", number)
        torch.cuda.set_device(device)
    backend = "nccl" if device.type == "cuda" else "gloo"
    distributed.init_process_group(backend, timeout=LONGEST_MEASUREMENT)
    try:
        yield Share(int(os.environ["RANK"]), world), device
    finally:
        distributed.destroy_process_group()


def wait_for_all(share: Share) -> None:
    """Nobody goes on before everybody came here."""
    if share.world > 1:
        distributed.barrier()


def require_shares(train: TrainConfig, share: Share) -> None:
    """Raises ConfigError where a batch cannot be shared by all processes, each in `train.accumulate` parts."""
    parts = share.world * train.accumulate
    for name in ("labelled_batch", "unlabelled_batch"):
        batch = getattr(train, name)
        if batch % parts:
            raise ConfigError(
                f"train.{name} is {batch}; wanted a multiple of {parts}, for {share.world} processes with "
                f"{train.accumulate} parts each. Set another batch, or start another number of processes."
            )


def processes_for(train: TrainConfig, most: int) -> int:
    """As many as there are GPUs for, and the batches can be divided by."""
    batches = (train.labelled_batch, train.unlabelled_batch)
    fitting = [n for n in range(1, most + 1) if not any(batch % (n * train.accumulate) for batch in batches)]
    return max(fitting, default=1)
