"""Networks of every backbone give heatmaps at stride 4, and a seed fixes them."""

from pathlib import Path

import pytest
import torch

from sspcm.config import BACKBONES
from sspcm.models.checkpoint import load_network
from sspcm.networks import build_network

DEMO_WEIGHTS = Path(__file__).parents[3] / "static" / "demo" / "weights"


@pytest.mark.parametrize("backbone", BACKBONES)
@pytest.mark.parametrize(("height", "width"), [(64, 64), (128, 96)])
def test_every_backbone_gives_one_heatmap_a_keypoint_at_a_quarter_of_the_input(backbone, height, width):
    network = build_network(backbone, keypoints=5, deconv_channels=16, seed=0)
    assert network(torch.zeros(2, 3, height, width)).shape == (2, 5, height // 4, width // 4)


@pytest.mark.parametrize("backbone", ["mobilenet_v3_small", "efficientnet_lite0"])
def test_a_seed_fixes_the_weights_and_leaves_torchs_own_chance_alone(backbone):
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    first, again, other = (build_network(backbone, 3, 16, seed) for seed in (1, 1, 2))
    assert torch.equal(torch.rand(3), expected)
    assert all(torch.equal(p, q) for p, q in zip(first.parameters(), again.parameters(), strict=True))
    assert not all(torch.equal(p, q) for p, q in zip(first.parameters(), other.parameters(), strict=True))


def test_the_head_starts_small_and_its_batch_norms_neutral():
    head = build_network("resnet18", keypoints=17, deconv_channels=64, seed=0).head
    deconvolution, norm = head[0], head[1]
    assert deconvolution.bias is None
    assert deconvolution.weight.std().item() == pytest.approx(0.001, rel=0.02)
    assert norm.weight.eq(1).all() and norm.bias.eq(0).all()


def test_weights_lie_channels_last():
    network = build_network("resnet18", keypoints=2, deconv_channels=16, seed=0)
    assert network.trunk[0].weight.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("name", ["A", "B"])
def test_the_demos_starting_weights_fit(name):
    load_network(DEMO_WEIGHTS / f"{name}.safetensors", build_network("mobilenet_v3_small", 17, 64, seed=0))
