"""What a training takes of the machine, told while it runs."""

import logging
import resource
import sys
from functools import cache
from typing import TypedDict

import torch

logger = logging.getLogger(__name__)
_UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes that getrusage counts memory in."""


class Used(TypedDict, total=False):
    """memory_bytes: the most that this process has had. gpu_bytes of gpu_total_bytes: what everybody has of the GPU.
    gpu_busy: the share of the last moments in which it computed, 0 to 1; where its driver tells."""

    memory_bytes: int
    gpu_bytes: int
    gpu_total_bytes: int
    gpu_busy: float


def used(device: torch.device) -> Used:
    """Of this machine, now."""
    found = Used(memory_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT)
    if device.type != "cuda":
        return found
    free, total = torch.cuda.mem_get_info(device)
    found |= Used(gpu_bytes=total - free, gpu_total_bytes=total)
    if _tells_how_busy(device):
        found["gpu_busy"] = torch.cuda.utilization(device) / 100
    return found


@cache
def _tells_how_busy(device: torch.device) -> bool:
    """Asked once: it wants NVIDIA's nvidia-ml-py and a driver that it may ask, and no training ends for want of it."""
    try:
        torch.cuda.utilization(device)
    except Exception as error:  # the library's errors are its own
        logger.warning("how busy the GPU is cannot be told (%s); pip install nvidia-ml-py.", error)
        return False
    return True
