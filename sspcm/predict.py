"""What networks say about persons: keypoints in image pixels, with confidences."""

from collections.abc import Mapping
from typing import TypeVar

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from sspcm.crops import CropStore
from sspcm.heatmaps import STRIDE, decode_subpixel, peak
from sspcm.networks import PoseNetwork
from sspcm.views import normalise

Name = TypeVar("Name", bound=str)


def predict_persons(
    networks: Mapping[Name, PoseNetwork], crops: CropStore, *, batch: int, device: torch.device
) -> dict[Name, Float[np.ndarray, "P K 3"]]:
    """Per network, x, y in IMAGE pixels (sub-pixel, through the exact inverse crop matrix) and confidence in [0, 1].

    Networks run in eval mode and are put back to the mode they were in.
    """
    modes = {name: network.training for name, network in networks.items()}
    found: dict[Name, list[Float[np.ndarray, "K 3"]]] = {name: [] for name in networks}
    for network in networks.values():
        network.eval()
    with torch.inference_mode(), crops.opened():
        for first in range(0, len(crops), batch):
            chosen = range(first, min(first + batch, len(crops)))
            images = central(crops.request(chosen).result().to(device), crops)
            for name, network in networks.items():
                found[name] += _to_image(_read(network(images)), crops, first)
    for name, network in networks.items():
        network.train(modes[name])
    return {name: np.stack(rows) if rows else np.empty((0, 0, 3)) for name, rows in found.items()}


def central(stored: UInt8[Tensor, "B 3 P Q"], crops: CropStore) -> Float[Tensor, "B 3 H W"]:
    """The networks' input out of the middle of stored crops."""
    (dx, dy), frame = crops.frame.shift, crops.frame
    middle = stored[:, :, dy : dy + frame.height, dx : dx + frame.width]
    return normalise(middle).contiguous(memory_format=torch.channels_last)


def _read(heatmaps: Float[Tensor, "B K h w"]) -> Float[np.ndarray, "B K 3"]:
    """Input pixels and confidence of every keypoint."""
    confidence = torch.nan_to_num(peak(heatmaps)).clamp(0, 1)
    xyc = torch.cat((decode_subpixel(heatmaps) * STRIDE, confidence[..., None]), dim=-1)
    return np.asarray(xyc.double().cpu().numpy())


def _to_image(xyc: Float[np.ndarray, "B K 3"], crops: CropStore, first: int) -> list[Float[np.ndarray, "K 3"]]:
    specs = crops.specs[first : first + len(xyc)]
    return [np.column_stack((spec.to_image(row[:, :2]), row[:, 2])) for spec, row in zip(specs, xyc, strict=True)]
