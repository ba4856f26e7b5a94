"""A pose model's file becomes a network that says what the file says, and learns."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from sspcm.config import ModelConfig
from sspcm.crops.store import CropStore, Frame, crop_spec
from sspcm.cutting import read_image
from sspcm.fisheye import default_lens
from sspcm.formats.coco.reading import read_coco
from sspcm.models.importing import check_import, import_graph
from sspcm.models.predict import predict_persons
from sspcm.networks import BackboneError
from sspcm.networks.imported_network import build_imported
from sspcm.pose_models.copies import BOX_SCALE, Person, see, upright_crop
from sspcm.pose_models.model import read_pose_model
from tests.onnx_files import build, heatmaps, learning_heatmaps, learning_movenet, learning_simcc, node, simcc
from tests.sspcm.demo_people import IMAGES, few_people

CPU = torch.device("cpu")
MODELS = {"movenet": learning_movenet, "heatmaps": learning_heatmaps, "simcc": learning_simcc}
pytestmark = pytest.mark.usefixtures("one_thread")


def written(folder: Path, content: bytes, name: str = "model") -> Path:
    path = folder / f"{name}.onnx"
    path.write_bytes(content)
    return path


def plain_crops_and_network(path: Path, annotations: Path) -> tuple[np.ndarray, np.ndarray]:
    """What the file says of everybody's plain crop, and what the network of it says, both in image pixels."""
    model, cut = read_pose_model(path), import_graph(path)
    coco = read_coco(annotations)
    files = {image.id: IMAGES / image.file_name for image in coco.images}
    lenses = {image.id: default_lens(image.width, image.height) for image in coco.images}
    people = [
        Person(read_image(files[one.image_id]), one.person.box, lenses[one.image_id], one.person.oks_area)
        for one in coco.persons
    ]
    said = see(model, people, [upright_crop(model, person) for person in people])
    config = ModelConfig(
        input_height=cut.info.height, input_width=cut.info.width, box_scale=BOX_SCALE[model.layout.kind]
    )
    specs = [crop_spec(files[one.image_id], one.person.box, lenses[one.image_id], config) for one in coco.persons]
    crops = CropStore(specs, Frame(cut.info.height, cut.info.width, context=1.0), threads=1)
    network = build_imported(cut, range(17), 0)
    return said, predict_persons({"A": network}, crops, batch=4, device=CPU)["A"]


@pytest.mark.parametrize("kind", MODELS)
def test_an_imported_network_answers_in_image_pixels_as_pre_labelling_does_on_the_plain_crop(tmp_path, kind):
    said, found = plain_crops_and_network(written(tmp_path, MODELS[kind]()), few_people(tmp_path))
    assert len(said) > 4
    assert np.abs(found[..., :2] - said[..., :2]).max() < 0.01
    assert np.abs(found[..., 2] - said[..., 2]).max() < 1e-4


@pytest.mark.parametrize("name", ["movenet_lightning_192", "movenet_thunder_256"])
def test_a_real_movenet_answers_as_pre_labelling_does_on_the_plain_crop(tmp_path, real_weights, name):
    said, found = plain_crops_and_network(real_weights(f"{name}.onnx"), few_people(tmp_path))
    assert np.abs(found[..., :2] - said[..., :2]).max() < 0.01
    assert np.abs(found[..., 2] - said[..., 2]).max() < 1e-4


@pytest.mark.parametrize("kind", MODELS)
def test_what_is_known_of_the_model_is_kept_in_the_graphs_own_file(tmp_path, kind):
    cut = import_graph(written(tmp_path, MODELS[kind](), "strong"))
    assert (cut.info.name, cut.info.kind, cut.info.stride, cut.info.height) == ("strong", kind, 4, 64)
    assert cut.info.shift == {"movenet": 1.5, "heatmaps": 0.0, "simcc": 1.5}[kind]
    assert json.dumps(cut.info.colours)  # plain numbers


@pytest.mark.parametrize("spoil", [{"softening": 30.0}, {"colours": ((0.01, 0.0, 0.0, 0.0),) * 3}], ids=str)
def test_a_graph_that_says_something_else_than_its_file_is_refused(tmp_path, spoil):
    path = written(tmp_path, learning_movenet())
    cut = import_graph(path)
    with pytest.raises(BackboneError, match="does not say what the file says"):
        check_import(replace(cut, info=replace(cut.info, **spoil)), read_pose_model(path))


@pytest.mark.parametrize(
    ("content", "reason"),
    [(simcc, "has no layer that could learn"), (heatmaps, "cannot be made into a network that learns")],
    ids=["simcc", "nothing to learn"],
)
def test_a_model_that_cannot_be_trained_is_refused_with_the_reason(tmp_path, content, reason):
    with pytest.raises(BackboneError, match=reason):
        import_graph(written(tmp_path, content()))


def one_crop_at_a_time() -> bytes:
    """Heatmaps out of a row of numbers that is as long as one crop's."""
    rng = np.random.default_rng(0)
    constants = {"w": rng.normal(size=(17, 3, 4, 4)).astype(np.float32), "flat": np.array([1, 17, 256])}
    constants |= {"map": np.array([1, 17, 16, 16])}
    nodes = [
        node("Conv", ["image", "w"], "small", strides=[4, 4]),
        node("Reshape", ["small", "flat"], "row"),
        node("Reshape", ["row", "map"], "maps"),
    ]
    shown = {"image": (onnx.TensorProto.FLOAT, [1, 3, 64, 64])}
    return build(nodes, constants, shown, {"maps": [1, 17, 16, 16]})


def quantised() -> bytes:
    """Heatmaps by a convolution of whole numbers."""
    weights = np.random.default_rng(0).integers(-127, 127, (17, 3, 4, 4)).astype(np.int8)
    constants = {"w": weights, "step": np.float32(0.02), "zero": np.uint8(128), "nought": np.int8(0)}
    nodes = [
        node("QuantizeLinear", ["image", "step", "zero"], "whole"),
        node("QLinearConv", ["whole", "step", "zero", "w", "step", "nought", "step", "zero"], "maps_q", strides=[4, 4]),
        node("DequantizeLinear", ["maps_q", "step", "zero"], "maps"),
    ]
    shown = {"image": (onnx.TensorProto.FLOAT, ["N", 3, 64, 64])}
    return build(nodes, constants, shown, {"maps": ["N", 17, 16, 16]})


def of_a_newer_opset() -> bytes:
    """Heatmaps through a layer that came with opset 18."""
    weights = np.random.default_rng(0).normal(size=(17, 3, 4, 4)).astype(np.float32)
    nodes = [
        node("Conv", ["image", "w"], "small", strides=[4, 4]),
        node("CenterCropPad", ["small", "size"], "maps", axes=[2, 3]),
    ]
    shown = {"image": (onnx.TensorProto.FLOAT, ["N", 3, 64, 64])}
    return build(nodes, {"w": weights, "size": np.array([16, 16])}, shown, {"maps": ["N", 17, 16, 16]}, opset=18)


@pytest.mark.parametrize("approximate", ["none", "tanh"])
def test_a_network_of_tokens_learns_as_torch_exports_it(tmp_path, approximate):
    """onnx2torch knows no Gelu of opset 20, and no Reshape with allowzero, which torch writes without need."""
    rng = np.random.default_rng(0)
    constants = {"w": rng.normal(size=(17, 3, 4, 4)).astype(np.float32), "flat": np.array([-1, 17, 256])}
    constants |= {"map": np.array([-1, 17, 16, 16]), "v": rng.normal(size=(17, 17, 1, 1)).astype(np.float32)}
    nodes = [
        node("Conv", ["image", "w"], "small", strides=[4, 4]),
        node("Reshape", ["small", "flat"], "tokens", allowzero=1),
        node("Gelu", ["tokens"], "bent", approximate=approximate),
        node("Reshape", ["bent", "map"], "features", allowzero=1),
        node("Conv", ["features", "v"], "maps"),
    ]
    shown = {"image": (onnx.TensorProto.FLOAT, ["N", 3, 64, 64])}
    cut = import_graph(written(tmp_path, build(nodes, constants, shown, {"maps": ["N", 17, 16, 16]}, opset=20)))
    assert (cut.info.kind, cut.info.features) == ("heatmaps", 17), "its answers were held to onnxruntime's"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (of_a_newer_opset, "it uses layers of an opset newer than 17"),
        (one_crop_at_a_time, r"stops on 3 crops .* Export the model with a free batch"),
        (quantised, "QuantizeLinear"),
    ],
    ids=["newer opset", "one crop at a time", "quantised"],
)
def test_where_a_model_cannot_be_converted_its_predictions_still_work(tmp_path, content, reason):
    path = written(tmp_path, content())
    with pytest.raises(BackboneError, match=reason) as told:
        import_graph(path)
    assert "(`prelabel`)" in str(told.value) and "\n" not in str(told.value)
    assert read_pose_model(path).run(np.zeros((2, 64, 64, 3), np.uint8)).shape == (2, 17, 3)


@pytest.mark.parametrize("kind", MODELS)
def test_gradients_reach_every_layer_of_the_heads_that_are_trained(tmp_path, kind):
    network = build_imported(import_graph(written(tmp_path, MODELS[kind]())), range(17), 0)
    images = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    sum(head.square().mean() for head in network.heads(images)).backward()
    assert all(one.grad is not None and one.grad.abs().sum() > 0 for one in network.parameters() if one.ndim > 1)


@pytest.mark.parametrize("shares", [False, True], ids=["as RTMPose's", "exponentiated"])
def test_simccs_answers_become_shares_of_one_once(tmp_path, shares):
    cut = import_graph(written(tmp_path, learning_simcc(64, 96, shares=shares)))
    assert (cut.info.ratio, cut.info.sharpness) == (2, 0.0 if shares else 10.0)
    images = torch.randn(2, 3, 64, 96, generator=torch.Generator().manual_seed(0))
    heatmaps = build_imported(cut, range(17), 0)(images)
    assert heatmaps.shape == (2, 17, 16, 24)
    assert torch.allclose(heatmaps.sum((-2, -1)), torch.ones(2, 17), atol=1e-5)
