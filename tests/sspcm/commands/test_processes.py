"""Several processes share a batch, or are told why they cannot."""

import pytest
import torch

from sspcm.commands.processes import joined, processes_for, require_shares, wait_for_all
from sspcm.config import ConfigError, TrainConfig
from sspcm.crops.sampling import ALONE, Share


def test_a_process_that_torchrun_did_not_start_is_alone(monkeypatch):
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    with joined(torch.device("cpu")) as (share, device):
        assert (share, device) == (ALONE, torch.device("cpu"))
        wait_for_all(share)


def test_a_batch_must_be_a_multiple_of_all_processes_parts():
    train = TrainConfig(labelled_batch=8, unlabelled_batch=12, accumulate=2)
    require_shares(train, Share(0, 2))
    with pytest.raises(ConfigError, match=r"train\.unlabelled_batch is 12; wanted a multiple of 8, for 4 processes"):
        require_shares(train, Share(0, 4))


@pytest.mark.parametrize(("gpus", "processes"), [(0, 1), (1, 1), (3, 2), (4, 4), (8, 4)])
def test_each_gpu_has_a_process_as_far_as_the_batches_can_be_divided(gpus, processes):
    assert processes_for(TrainConfig(labelled_batch=8, unlabelled_batch=12), gpus) == processes
