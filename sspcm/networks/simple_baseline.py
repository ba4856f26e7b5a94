"""SimpleBaseline: a trunk, deconvolutions up to stride 4, one heatmap a keypoint (method.md section 1)."""

import math
from typing import cast

import torch
from jaxtyping import Float
from torch import Tensor, nn

from sspcm.networks.backbones import build_trunk
from sspcm.networks.heatmaps import STRIDE
from sspcm.networks.pose_network import PoseNetwork


class SimpleBaseline(PoseNetwork):
    """Heatmaps of K keypoints for normalised RGB crops, by a backbone without a head of its own."""

    def __init__(self, backbone: str, keypoints: int, deconv_channels: int) -> None:
        """Random weights from torch's global generator; `build_network` is the seeded way."""
        super().__init__()
        trunk = build_trunk(backbone)
        self.trunk = trunk.layers
        doublings = round(math.log2(trunk.stride / STRIDE))
        self.head = _deconvolution_head(trunk.channels, deconv_channels, doublings=doublings, keypoints=keypoints)

    def forward(self, images: Float[Tensor, "B 3 H W"]) -> Float[Tensor, "B K h w"]:
        """Heatmaps at a quarter of the images' size."""
        return cast(Tensor, self.head(self.trunk(images)))  # B C H/stride W/stride -> B K H/4 W/4


def build_network(backbone: str, keypoints: int, deconv_channels: int, seed: int) -> SimpleBaseline:
    """A pose network whose random weights depend on the seed alone; torch's global generator is left as it was."""
    with torch.random.fork_rng(devices=[]):  # the CPU's generator alone: no GPU draws weights
        torch.manual_seed(seed)
        network = SimpleBaseline(backbone, keypoints, deconv_channels)
    return network.to(memory_format=torch.channels_last)  # as a step's images are (method/step.py)


def _deconvolution_head(channels: int, deconv_channels: int, *, doublings: int, keypoints: int) -> nn.Sequential:
    """`doublings` deconvolutions (k4, s2, no bias, BN, ReLU) and a 1x1 convolution, weights N(0, 0.001^2)."""
    layers: list[nn.Module] = []
    for _ in range(doublings):
        layers += [
            # doubles h and w exactly
            nn.ConvTranspose2d(channels, deconv_channels, 4, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(deconv_channels),
            nn.ReLU(inplace=True),
        ]
        channels = deconv_channels
    head = nn.Sequential(*layers, nn.Conv2d(channels, keypoints, 1))
    for module in head:
        if isinstance(module, nn.ConvTranspose2d | nn.Conv2d):
            nn.init.normal_(module.weight, std=0.001)
        if isinstance(module, nn.Conv2d) and module.bias is not None:
            nn.init.zeros_(module.bias)
    return head
