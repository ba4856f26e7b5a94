"""An imported network's heatmaps and answers, keypoint by keypoint."""

from pathlib import Path

import pytest
import torch

from sspcm.method.losses import cross_entropy_loss
from sspcm.models.importing import import_graph
from sspcm.networks import BackboneError
from sspcm.networks.heatmaps import decode_subpixel, encode_exact_heatmaps
from sspcm.networks.imported_network import build_imported
from tests.onnx_files import learning_heatmaps, learning_movenet, learning_simcc

MODELS = {"movenet": learning_movenet, "heatmaps": learning_heatmaps, "simcc": learning_simcc}
pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module", params=MODELS)
def cut(request, tmp_path_factory):
    path: Path = tmp_path_factory.mktemp("models") / "model.onnx"
    path.write_bytes(MODELS[request.param]())
    return import_graph(path)


def images() -> torch.Tensor:
    return torch.randn(3, 3, 64, 64, generator=torch.Generator().manual_seed(2))


def answers(network, *, swap=None) -> torch.Tensor:
    return network.answer(images(), keypoints=None, decode="parabola", swap=swap)


def test_a_skeletons_keypoints_are_the_models_in_another_order(cut):
    all_of_them, some = build_imported(cut, range(17), 0).eval(), build_imported(cut, [9, 0, 16], 0).eval()
    with torch.inference_mode():
        assert torch.equal(some(images()), all_of_them(images())[:, [9, 0, 16]])
        assert torch.equal(answers(some), answers(all_of_them)[:, [9, 0, 16]])


def test_a_keypoint_that_the_model_does_not_know_begins_unseen_and_learns(cut):
    if cut.info.kind == "simcc":
        pytest.skip("SimCC has axes and no heatmaps: further keypoints are refused")
    network = build_imported(cut, [0, None, 1], 5)
    heatmaps = network(images())
    assert heatmaps.shape == (3, 3, 16, 16)
    assert heatmaps[:, 1].max() < 0.05
    (1 - heatmaps[:, 1]).square().mean().backward()
    assert network.further.weight.grad.abs().sum() > 0
    with torch.inference_mode():
        assert torch.equal(network.eval()(images())[:, [0, 2]], build_imported(cut, [0, 1], 0).eval()(images()))
        xyc = answers(network)
    assert ((xyc[:, 1, :2] >= 0) & (xyc[:, 1, :2] < 64)).all() and (xyc[:, 1, 2] < 0.05).all()


def test_further_keypoints_depend_on_the_seed_alone(cut):
    if cut.info.kind == "simcc":
        with pytest.raises(BackboneError, match="has no last convolution to read 1 further keypoints with"):
            build_imported(cut, [0, None], 1)
        return
    first, again, other = (build_imported(cut, [0, None], seed).further.weight for seed in (1, 1, 2))
    assert torch.equal(first, again) and not torch.equal(first, other)


def test_the_flip_test_of_a_mirrored_crop_is_the_mirrored_answer(cut):
    network, swap = build_imported(cut, [0, 1, 2], 0).eval(), torch.tensor([0, 2, 1])
    with torch.inference_mode():
        straight = answers(network, swap=swap)
        turned = network.answer(images().flip(-1), keypoints=None, decode="parabola", swap=swap)[:, swap]
    assert torch.allclose(turned[..., 2], straight[..., 2], atol=1e-5)
    apart = (63 - turned[..., 0] - straight[..., 0]).abs().median()
    assert apart < (4 if cut.info.kind == "heatmaps" else 0.01)  # heatmaps are moved by part of a cell of 4 pixels


def test_the_heatmaps_peak_where_the_answers_lie(cut):
    network = build_imported(cut, range(17), 0).eval()
    with torch.inference_mode():
        heatmaps, xyc = network(images()), answers(network)
    peaks = heatmaps.flatten(2).argmax(-1)
    cells = torch.stack([peaks % 16, peaks // 16], dim=-1)
    if cut.info.kind == "heatmaps":
        assert ((xyc[..., :2] - network.grid.to_crop(cells)).abs() <= 2).all()
    elif cut.info.kind == "movenet":  # nearness takes from a heatmap, and never adds
        assert (heatmaps.amax((-2, -1)) <= xyc[..., 2] + 1e-5).all()


def sharp_simcc(tmp_path, places: torch.Tensor):
    """A SimCC network that answers with sharp peaks at these crop pixels, whatever it sees."""
    path = tmp_path / "model.onnx"
    path.write_bytes(learning_simcc())
    network = build_imported(import_graph(path), range(len(places)), 0).eval()
    bins = torch.arange(128) / 2
    axes = tuple(torch.exp(-((bins - places[:, axis, None]) ** 2) / 2)[None].repeat(1, 1, 1) for axis in (0, 1))
    network.heads = lambda images: axes
    return network


def test_simccs_heatmaps_have_their_peak_where_the_axes_have_theirs(tmp_path):
    """Between cells as well: what teachers say is read out of heatmaps."""
    places = torch.tensor([[20.0, 31.5], [21.0, 40.0], [22.5, 33.0], [30.5, 12.5], [8.0, 50.0]])
    network = sharp_simcc(tmp_path, places)
    heatmaps = network(images()[:1])
    assert (network.grid.to_crop(decode_subpixel(heatmaps))[0] - places).abs().max() < 0.15
    answer = network.answer(images()[:1], keypoints=None, decode="parabola", swap=None)[0]
    assert torch.equal(answer[:, :2], places) and torch.allclose(answer[:, 2], torch.ones(5))


def test_the_cross_entropy_of_the_product_is_the_sum_of_the_two_axes(tmp_path):
    network = sharp_simcc(tmp_path, torch.tensor([[20.0, 31.5], [41.0, 40.0]]))
    target, weight = encode_exact_heatmaps(
        torch.tensor([[[22.0, 30.0], [40.0, 41.0]]]), torch.ones(1, 2, dtype=bool), height=16, width=16, sigma=0.7,
        grid=network.grid,
    )  # fmt: skip
    heatmaps = network(images()[:1])
    both = cross_entropy_loss(heatmaps, target, weight)
    apart = [
        cross_entropy_loss(heatmaps.sum(axis, keepdim=True), target.sum(axis, keepdim=True), weight)
        for axis in (-1, -2)
    ]
    assert both == pytest.approx(float(sum(apart)), abs=1e-4)
