"""What a training tells of the machine that it runs on."""

import pytest
import torch

from sspcm.training.machine import used


def test_memory_is_the_most_that_was_taken():
    before = used(torch.device("cpu"))
    assert before.keys() == {"memory_bytes"} and 50e6 < before["memory_bytes"] < 64e9
    held = torch.ones(100_000_000 // 4)
    assert used(torch.device("cpu"))["memory_bytes"] >= before["memory_bytes"]
    assert held.sum() > 0


@pytest.mark.gpu
def test_a_gpus_memory_is_told_too():
    found = used(torch.device("cuda"))
    assert 0 < found["gpu_bytes"] <= found["gpu_total_bytes"]
    assert 0 <= found.get("gpu_busy", 0.0) <= 1
