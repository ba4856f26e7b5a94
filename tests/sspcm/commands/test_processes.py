"""Several processes share a batch, or are told why they cannot."""

import pytest
import torch

from sspcm.commands.processes import joined, require_shares, wait_for_all
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
