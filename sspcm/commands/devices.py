"""Where a command computes."""

import torch

from sspcm.config import ConfigError


def device_named(name: str) -> torch.device:
    """auto, cpu or cuda as a device. Raises ConfigError where there is none."""
    if name == "cuda" and not torch.cuda.is_available():
        raise ConfigError(
            "--device cuda found no CUDA device; wanted one. Use --device cpu, or install a GPU's driver."
        )
    torch.backends.cudnn.deterministic = True  # the same seed gives the same networks, on a GPU too
    return torch.device("cuda" if name != "cpu" and torch.cuda.is_available() else "cpu")
