"""Any timm model with feature maps is a backbone; the others are refused with the reason."""

import subprocess
import sys
from copy import deepcopy

import pytest
import torch

from sspcm.networks import BackboneError, build_network
from sspcm.networks.backbones import build_trunk


@pytest.fixture
def timm():
    """The package; without it there is nothing to see here."""
    return pytest.importorskip("timm", reason="needs timm")


@pytest.mark.parametrize("name", ["mobilenetv3_small_050", "hrnet_w18_small", "convnext_atto"])
@pytest.mark.parametrize(("height", "width"), [(64, 64), (128, 96)])
def test_a_timm_model_gives_heatmaps_at_a_quarter_of_the_input(timm, name, height, width):
    network = build_network(f"timm:{name}", keypoints=5, deconv_channels=16, seed=0)
    assert network(torch.zeros(2, 3, height, width)).shape == (2, 5, height // 4, width // 4)
    assert network.training and network.trunk.net.training


def test_a_trunk_takes_the_coarsest_map_that_a_head_can_use(timm):
    trunk = build_trunk("timm:mobilenetv3_small_050")
    assert (trunk.channels, trunk.stride) == (288, 32)


def test_hrnet_is_read_at_its_fine_map_and_needs_no_deconvolution(timm):
    trunk = build_trunk("timm:hrnet_w18_small")
    assert (trunk.channels, trunk.stride) == (16, 4)
    assert len(build_network("timm:hrnet_w18_small", keypoints=3, deconv_channels=16, seed=0).head) == 1


@pytest.mark.parametrize("name", ["mobilenetv3_small_050", "legacy_xception"])
def test_a_copy_of_a_network_answers_for_itself(timm, name):
    network = build_network(f"timm:{name}", keypoints=3, deconv_channels=16, seed=0).eval()
    copy, images = deepcopy(network), torch.ones(1, 3, 64, 64)
    before = network(images)
    with torch.no_grad():
        next(network.parameters()).zero_()
    assert torch.equal(copy(images), before)


def test_the_seed_alone_decides_a_timm_models_weights(timm):
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    first, again, other = (build_network("timm:mobilenetv3_small_050", 3, 16, seed) for seed in (1, 1, 2))
    assert torch.equal(torch.rand(3), expected)
    assert all(torch.equal(p, q) for p, q in zip(first.parameters(), again.parameters(), strict=True))
    assert not all(torch.equal(p, q) for p, q in zip(first.parameters(), other.parameters(), strict=True))


@pytest.mark.parametrize("name", ["mobilenetv3_smal_050", "resnet18.gluon_in2k"])
def test_an_unknown_name_is_answered_with_the_nearest(timm, name):
    with pytest.raises(BackboneError, match=rf"no model '{name}'.*Did you mean .*(mobilenetv3_small_050|resnet18)"):
        build_trunk(f"timm:{name}")


def test_a_model_for_one_image_size_is_refused_with_the_reason(timm):
    with pytest.raises(BackboneError, match=r"'vit_tiny_patch16_224' does not take a crop of 64 x 96 pixels.*Choose a"):
        build_trunk("timm:vit_tiny_patch16_224")


def test_maps_with_the_channels_last_are_refused(timm):
    with pytest.raises(BackboneError, match=r"'swinv2_cr_tiny_224'.*wanted a feature map \[B, C, h, w\]"):
        build_trunk("timm:swinv2_cr_tiny_224")


def test_without_timm_the_error_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "timm", None)
    with pytest.raises(BackboneError, match=r"timm is not installed.*pip install 'sspcm\[timm\]'"):
        build_trunk("timm:resnet18")


def test_timm_is_imported_only_when_asked_for():
    subprocess.run([sys.executable, "-c", "import sys, sspcm.networks; sys.exit('timm' in sys.modules)"], check=True)
