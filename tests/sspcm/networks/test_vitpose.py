"""A VitPose's heatmaps on our grid, and what its networks are built on."""

import re
import sys

import numpy as np
import pytest
import torch
from transformers.models.vitpose.image_processing_vitpose import transform_preds

from sspcm.models.vitpose_folder import import_vitpose
from sspcm.networks import BackboneError
from sspcm.networks.heatmaps import decode_subpixel
from sspcm.networks.imported_network import build_imported
from sspcm.networks.vitpose import VitPoseLayers, read_vitpose_graph
from tests.vitpose_folders import save_vitpose

HEADS = {"simple": {}, "classic": {"simple": False}, "experts": {"experts": 3}}


@pytest.fixture(scope="module", params=HEADS)
def graph(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "small-vitpose"
    save_vitpose(folder, **HEADS[request.param])
    return import_vitpose(folder)


def bump(u: float, v: float, height: int, width: int) -> torch.Tensor:
    """A heatmap of a VitPose whose peak lies at u, v."""
    rows, columns = torch.arange(height)[:, None], torch.arange(width)[None]
    return torch.exp(-((columns - u) ** 2 + (rows - v) ** 2) / (2 * 2.0**2))


@pytest.mark.parametrize(("u", "v"), [(23.5, 31.5), (3.25, 60.0), (44.0, 4.5)])
def test_a_place_is_where_transformers_reads_it(tmp_path, u, v):
    """Its post-processing takes the outermost pixels of a heatmap for the outermost of the crop."""
    save_vitpose(tmp_path, size=(256, 192))
    graph = import_vitpose(tmp_path)
    layers, grid = graph.layers(), build_imported(graph, range(17), 0).grid
    xy = grid.to_crop(decode_subpixel(layers._placed(bump(u, v, 64, 48)[None, None])))[0, 0]
    centre, sides = np.array([300.0, 200.0]), np.array([150.0, 200.0])
    (theirs,) = transform_preds(np.array([[u, v]]), centre, sides / 200, np.array([64, 48]))
    ours = centre + (xy.numpy() - np.array([191, 255]) / 2) * sides / np.array([191, 255])
    assert np.abs(ours - theirs).max() < 0.05
    assert np.abs(4 * np.array([u, v]) - xy.numpy()).max() > 0.2  # what 4 u would say


def test_the_file_alone_builds_the_same_network(graph):
    again = read_vitpose_graph(graph.content, "somewhere")
    assert again.info == graph.info
    images = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    one, other = (build_imported(which, [3, None, 0], 0).eval() for which in (graph, again))
    with torch.inference_mode():
        assert torch.equal(one(images), other(images)) and one(images).shape == (2, 3, 16, 16)


def test_gradients_reach_every_layer_but_those_of_other_datasets_experts(graph):
    network = build_imported(graph, [0, None], 0)
    network(torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))).square().mean().backward()
    idle = {name for name, one in network.named_parameters() if one.grad is None or not one.grad.abs().sum() > 0}
    # a key's bias moves all of a softmax alike, so its gradient is nought but for rounding
    assert all(re.search(r"experts\.[12]\.", name) or name.endswith("key.bias") for name in idle), idle


@pytest.mark.parametrize("content", [b"", b"words", b"\x02\0\0\0\0\0\0\0{}"], ids=["empty", "text", "other tensors"])
def test_a_damaged_file_is_named(content):
    with pytest.raises(BackboneError, match=r"kept\.vitpose does not say what VitPose networks are built on"):
        read_vitpose_graph(content, "kept.vitpose")


def test_a_configuration_that_transformers_refuses_is_told(graph):
    with pytest.raises(BackboneError, match="cannot be built by transformers"):
        VitPoseLayers({"model_type": "vitpose", "backbone_config": {"model_type": "nothing"}}, graph.info)


def test_without_its_package_the_error_says_what_to_install(graph, monkeypatch):
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(BackboneError, match=r"pip install 'sspcm\[vitpose\]'"):
        graph.layers()
