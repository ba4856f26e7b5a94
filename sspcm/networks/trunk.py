"""What a backbone is to a pose network: layers from RGB to one feature map."""

from dataclasses import dataclass

from torch import nn

from sspcm.plain import ConfigError

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
"""What networks see as 0 and 1: of red, green and blue, 0..1."""


class BackboneError(ConfigError):
    """A backbone that nobody knows or that gives no map for a pose head, or published weights that it cannot take."""


@dataclass(frozen=True, eq=False)
class Trunk:
    """Layers from RGB to `channels` features at 1/`stride` of the crop's size."""

    layers: nn.Module
    channels: int
    stride: int


def first_line(error: Exception) -> str:
    """What an error of a library says, short enough for a sentence of ours; its kind where it says nothing."""
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(". ")
