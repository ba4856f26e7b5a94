"""Backbones by name, cut where a pose head wants them: how many channels they give, at which stride.

A 96-pixel crop leaves a stride-32 map of 3 x 3 pixels, too coarse for keypoints; the two small backbones end at
stride 16, the others at 32 as in method.md section 1. Measured on drawn fisheye people, 96 x 96, supervised from random
weights, 90 seconds of one core: mean OKS .41 for MobileNetV3-small cut here, .40 for ShuffleNetV2 cut here.
"""

from dataclasses import dataclass
from difflib import get_close_matches

from torch import nn
from torchvision import models

from sspcm.config import BACKBONES, IMPORTED, TIMM
from sspcm.networks.efficientnet_lite import CHANNELS, STRIDE, EfficientNetLite0
from sspcm.networks.timm_features import build_timm_features
from sspcm.networks.trunk import BackboneError, Trunk


@dataclass(frozen=True)
class Cut:
    """The parts of a torchvision classifier that make a trunk, in order; what follows them is left out."""

    parts: tuple[str, ...]
    channels: int
    stride: int


RESNET_PARTS = ("conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3", "layer4")
TORCHVISION: dict[str, Cut] = {
    "resnet18": Cut(RESNET_PARTS, channels=512, stride=32),
    "resnet50": Cut(RESNET_PARTS, channels=2048, stride=32),
    "resnet101": Cut(RESNET_PARTS, channels=2048, stride=32),
    # All blocks up to the one that would halve the map to stride 32.
    "mobilenet_v3_small": Cut(tuple(f"features.{block}" for block in range(9)), channels=48, stride=16),
    "shufflenet_v2_x0_5": Cut(("conv1", "maxpool", "stage2", "stage3"), channels=96, stride=16),
}


def build_trunk(backbone: str) -> Trunk:
    """The backbone's layers with random weights. Raises BackboneError."""
    if backbone.startswith(TIMM):
        return build_timm_features(backbone.removeprefix(TIMM))
    if backbone == "efficientnet_lite0":
        return Trunk(EfficientNetLite0(), channels=CHANNELS, stride=STRIDE)
    if backbone in TORCHVISION:
        return _cut(backbone, TORCHVISION[backbone])
    if backbone == IMPORTED:
        raise BackboneError(
            f'the backbone "{IMPORTED}" is a pose model with heads of its own; wanted one that gets a head. '
            "Train from a pose model by a round or by `sspcm train --method`."
        )
    near = get_close_matches(backbone, BACKBONES, n=1)
    advice = f"Did you mean '{near[0]}'?" if near else f"Choose one, or '{TIMM}' and the name of a timm model."
    raise BackboneError(f"there is no backbone '{backbone}'; wanted one of {', '.join(BACKBONES)}. {advice}")


def _cut(backbone: str, cut: Cut) -> Trunk:
    net = models.get_model(backbone, weights=None)
    layers = nn.Sequential(*(net.get_submodule(part) for part in cut.parts))
    return Trunk(layers, channels=cut.channels, stride=cut.stride)
