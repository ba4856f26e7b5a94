"""Trunks say what they give, and unknown backbones are named with their neighbour."""

import pytest
import torch

from sspcm.config import BACKBONES, ConfigError
from sspcm.networks.backbones import build_trunk
from sspcm.networks.trunk import BackboneError


@pytest.mark.parametrize("backbone", BACKBONES)
def test_a_trunk_gives_the_channels_and_the_stride_that_it_says(backbone):
    trunk = build_trunk(backbone)
    features = trunk.layers.eval()(torch.zeros(1, 3, 64, 96))
    assert features.shape == (1, trunk.channels, 64 // trunk.stride, 96 // trunk.stride)


def test_checkpoints_of_the_first_backbones_keep_their_names():
    assert "4.0.conv1.weight" in build_trunk("resnet18").layers.state_dict()
    assert "1.block.0.0.weight" in build_trunk("mobilenet_v3_small").layers.state_dict()
    assert "2.0.branch1.0.weight" in build_trunk("shufflenet_v2_x0_5").layers.state_dict()


def test_an_unknown_backbone_is_named_with_the_nearest_one():
    with pytest.raises(BackboneError, match=r"no backbone 'resnet19'.*Did you mean 'resnet18'\?"):
        build_trunk("resnet19")


def test_an_unlike_backbone_is_answered_with_the_way_to_timms():
    with pytest.raises(ConfigError, match="'timm:' and the name of a timm model"):
        build_trunk("transformer")
