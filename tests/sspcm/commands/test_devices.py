"""Where a command computes."""

import pytest
import torch

from sspcm.commands.devices import device_named
from sspcm.config import ConfigError


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch):
    monkeypatch.setattr(torch.backends.cudnn, "deterministic", torch.backends.cudnn.deterministic)


def test_without_a_gpu_auto_is_the_cpu_and_cuda_is_refused(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert device_named("auto") == device_named("cpu") == torch.device("cpu")
    with pytest.raises(ConfigError, match="--device cuda found no CUDA device"):
        device_named("cuda")


def test_with_a_gpu_auto_takes_it_and_cpu_does_not(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert (device_named("auto").type, device_named("cuda").type, device_named("cpu").type) == ("cuda", "cuda", "cpu")
