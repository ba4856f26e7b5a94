"""Any timm model that gives feature maps, as a trunk; timm is imported when the first one is asked for."""

from difflib import get_close_matches
from types import ModuleType
from typing import Any, cast

import torch
from torch import Tensor, nn

from sspcm.networks.trunk import BackboneError, Trunk, first_line

STRIDES = (8, 16, 32)
"""Of the maps at these strides, the last one that the model gives is a trunk's."""
HIGH_RESOLUTION = "hrnet_"
"""These nets keep a fine map to the end and are read there, at stride 4 and without their classifier's convolutions,
as HRNet is for poses: its head is one 1x1 convolution."""
SAMPLE = (64, 96)
"""A crop's height and width in pixels that every usable model takes; unequal, so that swapped axes show."""


class FeatureMap(nn.Module):
    """One of the feature maps that a timm model gives: features [B, C, H/stride, W/stride] of RGB [B, 3, H, W]."""

    def __init__(self, net: nn.Module, index: int) -> None:
        """`net` was created with features_only; `index` counts its maps."""
        super().__init__()
        self.net, self.index = net, index

    def forward(self, images: Tensor) -> Tensor:
        """The map, and none of the others."""
        return cast(Tensor, self.net(images)[self.index])


def build_timm_features(name: str) -> Trunk:
    """The timm model's map for a pose head, random weights from torch's global generator. Raises BackboneError."""
    net = _create(name)
    strides, channels = net.feature_info.reduction(), net.feature_info.channels()
    index = _choose_map(name, strides)
    trunk = Trunk(FeatureMap(net, index), channels=channels[index], stride=strides[index])
    _check_map(name, trunk)
    return trunk


def import_timm() -> ModuleType:
    """timm itself. Raises BackboneError where it is not installed."""
    try:
        import timm
    except ModuleNotFoundError as error:
        if error.name != "timm":  # a package that timm itself misses
            raise
        raise BackboneError(
            "timm is not installed; wanted it for a backbone or weights called \"timm:...\". pip install 'sspcm[timm]'"
        ) from error
    return timm


def check_timm_name(name: str) -> None:
    """Raises BackboneError with the nearest names unless timm has a model called so."""
    timm = import_timm()
    names = timm.list_models() + timm.list_pretrained()
    if name in names:
        return
    near = get_close_matches(name, names, n=3)
    advice = f"Did you mean {' or '.join(near)}?" if near else "timm.list_models() lists them."
    raise BackboneError(f"timm {timm.__version__} has no model '{name}'; wanted one of its names. {advice}")


def _create(name: str) -> Any:
    """The model as a giver of feature maps."""
    check_timm_name(name)
    options = {"feature_location": ""} if name.startswith(HIGH_RESOLUTION) else {}
    try:
        return import_timm().create_model(name, features_only=True, pretrained=False, **options)
    except (RuntimeError, AttributeError, AssertionError, NotImplementedError) as error:
        raise _unusable(name, "gives no feature maps") from error


def _choose_map(name: str, strides: list[int]) -> int:
    wanted = (4,) if name.startswith(HIGH_RESOLUTION) else STRIDES
    usable = [index for index, stride in enumerate(strides) if stride in wanted]
    if not usable:
        raise _unusable(name, f"has maps at strides {', '.join(map(str, strides))} alone")
    return usable[-1]


@torch.no_grad()
def _check_map(name: str, trunk: Trunk) -> None:
    """Runs a sample once: what a model says about its maps is not always what it gives."""
    height, width = SAMPLE
    trunk.layers.eval()  # a sample of zeros must not move running statistics
    try:
        given = list(trunk.layers(torch.zeros(1, 3, height, width)).shape)
    except (RuntimeError, AssertionError, ValueError) as error:
        raise _unusable(name, f"does not take a crop of {height} x {width} pixels ({first_line(error)})") from error
    trunk.layers.train()
    wanted = [1, trunk.channels, height // trunk.stride, width // trunk.stride]
    if given != wanted:
        raise _unusable(name, f"gives {given} where its stride and channels say {wanted}")


def _unusable(name: str, found: str) -> BackboneError:
    return BackboneError(
        f"timm's '{name}' {found}; wanted a feature map [B, C, h, w] at stride 8, 16 or 32 of crops of any size. "
        "Choose a convolutional model, such as timm:mobilenetv3_small_100."
    )
