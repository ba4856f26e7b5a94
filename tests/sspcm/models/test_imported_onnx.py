"""An imported network as ONNX: what the file says is what the network says, and our own pre-labelling takes it."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from sspcm.config import ModelConfig, Orientation
from sspcm.cutting import read_image
from sspcm.errors import ExportError
from sspcm.fisheye import default_lens
from sspcm.formats.coco.reading import CocoFile, read_coco
from sspcm.models import imported_onnx
from sspcm.models.checkpoint import save_networks
from sspcm.models.folder import Model, open_model
from sspcm.models.graphs import build_on, import_graphs
from sspcm.models.imported_onnx import trained_graph
from sspcm.models.importing import import_graph
from sspcm.models.onnx import export_model
from sspcm.models.predict import predict_file
from sspcm.pose_models.copies import BOX_SCALE, Person, see, upright_crop
from sspcm.pose_models.model import PoseModel, read_pose_model
from sspcm.pose_models.trainable import trainable_settings
from sspcm.skeletons.skeleton import Skeleton, get_skeleton
from tests.onnx_files import build, learning_heatmaps, learning_movenet, learning_simcc, node
from tests.sspcm.conftest import ALL_KNOWN, PARTLY_KNOWN
from tests.sspcm.demo_people import IMAGES, few_people

CPU = torch.device("cpu")
COCO = get_skeleton("coco-17")
MODELS = {"movenet": learning_movenet, "heatmaps": learning_heatmaps, "simcc": learning_simcc}
ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.usefixtures("one_thread")


def trained(file: Path, folder: Path, skeleton: Skeleton = COCO, orientation: Orientation = "radial") -> Model:
    """A network that was built on the pose model in the file, its weights moved as a training moves them."""
    graph = import_graph(file)
    kind = read_pose_model(file).layout.kind
    config = ModelConfig(
        backbone="imported",
        student_backbone="imported",
        input_height=graph.info.height,
        input_width=graph.info.width,
        box_scale=BOX_SCALE[kind],
        orientation=orientation,
        weights=str(file),
    )
    network = import_graphs(config).builder(skeleton.keypoints)("A", 0)
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for one in network.parameters():
            one.mul_(1 + 0.05 * torch.randn(one.shape, generator=generator))
    save_networks(folder, {"A": network}, skeleton=skeleton, model=config)
    return open_model(folder, device=CPU)


def written(folder: Path, content: bytes) -> Path:
    path = folder / "model.onnx"
    path.write_bytes(content)
    return path


def pre_labelled(model: PoseModel, coco: CocoFile) -> np.ndarray:
    """What pre-labelling sees on everybody's plain crop, image pixels."""
    images = {image.id: image for image in coco.images}
    people = []
    for one in coco.persons:
        image = images[one.image_id]
        lens = default_lens(image.width, image.height)
        people.append(Person(read_image(IMAGES / image.file_name), one.person.box, lens, one.person.oks_area))
    return see(model, people, [upright_crop(model, person) for person in people])


def predicted(model: Model, coco: CocoFile, *, flip: bool) -> np.ndarray:
    """What `sspcm predict` says of the same."""
    results = predict_file(model, coco, IMAGES, decode="parabola", flip=flip, device=CPU)
    return np.array([one["keypoints"] for one in results]).reshape(len(results), -1, 3)


@pytest.mark.parametrize("flip", [False, True], ids=["plain", "flip"])
@pytest.mark.parametrize("kind", MODELS)
def test_pre_labelling_sees_by_the_exported_file_what_predict_says(tmp_path, kind, flip):
    check_round_trip(written(tmp_path, MODELS[kind]()), tmp_path, flip=flip)


@pytest.mark.parametrize("flip", [False, True], ids=["plain", "flip"])
def test_a_real_movenet_comes_back_from_its_training_as_a_pose_model(tmp_path, real_weights, flip):
    check_round_trip(real_weights("movenet_lightning_192.onnx"), tmp_path, flip=flip)


def check_round_trip(file: Path, folder: Path, *, flip: bool) -> None:
    model, coco = trained(file, folder / "trained"), read_coco(few_people(folder))
    card = export_model(model, folder / "student", flip=flip)
    assert card["imported"]["name"] == file.stem and card["check"]["largest_difference"] <= card["check"]["tolerance"]
    again = read_pose_model(folder / "student" / "student.onnx")
    assert again.layout.kind == read_pose_model(file).layout.kind and again.layout.batch is None
    said, found = pre_labelled(again, coco), predicted(model, coco, flip=flip)
    assert len(found) > 4
    assert np.abs(found[..., :2] - said[..., :2]).max() < 0.01
    assert np.abs(found[..., 2] - said[..., 2]).max() < 1e-3
    assert np.abs(pre_labelled(read_pose_model(file), coco)[..., :2] - said[..., :2]).max() > 1  # trained weights
    content = (folder / "student" / "student.onnx").read_bytes()
    assert str(ROOT).encode() not in content and b"site-packages" not in content
    assert np.array_equal(predicted(open_model(folder / "student", device=CPU), coco, flip=flip), found)


@pytest.mark.parametrize("kind", MODELS)
def test_the_exported_file_can_be_trained_on(tmp_path, kind):
    check_trained_on(written(tmp_path, MODELS[kind]()), tmp_path)


def test_a_real_movenets_exported_file_can_be_trained_on(tmp_path, real_weights):
    check_trained_on(real_weights("movenet_lightning_192.onnx"), tmp_path)


def check_trained_on(file: Path, folder: Path) -> None:
    model = trained(file, folder / "trained")
    export_model(model, folder / "student")
    cut = import_graph(folder / "student" / "student.onnx")
    assert trainable_settings(folder / "student" / "student.onnx", name="dots") == trainable_settings(file, name="dots")
    sides = (cut.info.height, cut.info.width)
    images = torch.randn(2, 3, *sides, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        again = build_on(cut, COCO.keypoints, 0).eval()(images)
        assert (again - model.network(images)).abs().max() < 1e-4


@pytest.mark.parametrize("kind", MODELS)
def test_the_example_runs_a_file_of_other_keypoints_of_which_one_is_new(tmp_path, kind):
    skeleton = ALL_KNOWN if kind == "simcc" else PARTLY_KNOWN
    model = trained(written(tmp_path, MODELS[kind]()), tmp_path / "trained", skeleton, "image")
    export_model(model, tmp_path / "student")
    coco = read_coco(few_people(tmp_path))
    image, box = coco.images[0], next(one for one in coco.persons if one.image_id == coco.images[0].id).person.box
    command = [sys.executable, ROOT / "docs" / "examples" / "run_student.py", tmp_path / "student" / "student.onnx"]
    command += [IMAGES / image.file_name, f"{box.x},{box.y},{box.width},{box.height}"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert [line.split()[0] for line in told] == list(skeleton.keypoints)
    found = np.array([[float(value) for value in line.split()[1:]] for line in told])
    wanted = predicted(model, coco, flip=False)[0]
    assert np.abs(found[:, :2] - wanted[:, :2]).max() < 0.5 and np.abs(found[:, 2] - wanted[:, 2]).max() < 0.01


def test_the_file_alone_says_how_it_is_run(tmp_path):
    export_model(trained(written(tmp_path, learning_movenet()), tmp_path / "trained"), tmp_path / "student", flip=True)
    session = onnxruntime.InferenceSession(tmp_path / "student" / "student.onnx", providers=["CPUExecutionProvider"])
    told = json.loads(session.get_modelmeta().custom_metadata_map["sspcm"])
    assert (told["input"]["layout"], told["input"]["type"], told["output"]["kind"]) == ("rows", "int32", "coordinates")
    assert told["flip"] and told["decoder"] == "own" and len(told["skeleton"]["keypoints"]) == 17
    one, three = (session.run(None, {"image": np.zeros((n, 64, 64, 3), np.int32)})[0] for n in (1, 3))
    assert one.shape == (1, 1, 17, 3) and np.array_equal(three[:1], one)


def shared_weights() -> bytes:
    """Two convolutions that share their weights, as heads of several levels do."""
    weights = np.random.default_rng(0).normal(size=(17, 17, 1, 1)).astype(np.float32) / 4
    first = np.random.default_rng(1).normal(size=(17, 3, 4, 4)).astype(np.float32) / 7
    nodes = [
        node("Conv", ["image", "first"], "small", strides=[4, 4]),
        node("Conv", ["small", "shared"], "deep"),
        node("Relu", ["deep"], "on"),
        node("Conv", ["on", "shared"], "maps"),
    ]
    constants = {"first": first, "shared": weights}
    return build(nodes, constants, {"image": (onnx.TensorProto.FLOAT, ["N", 3, 64, 64])}, {"maps": ["N", 17, 16, 16]})


def test_layers_that_shared_weights_are_written_apart(tmp_path):
    model = trained(written(tmp_path, shared_weights()), tmp_path / "trained")
    export_model(model, tmp_path / "student")
    constants = trained_graph(model.network).graph.initializer
    values = [onnx.numpy_helper.to_array(one) for one in constants if list(one.dims) == [17, 17, 1, 1]]
    assert len(values) == 2 and not np.array_equal(*values)


def test_a_layer_without_a_place_in_the_graph_is_an_error(tmp_path, monkeypatch):
    model = trained(written(tmp_path, learning_heatmaps()), tmp_path / "trained")
    monkeypatch.setattr(imported_onnx, "WEIGHTED", set())
    with pytest.raises(ExportError, match=r"6 layers of model have no place in its graph, first .*; wanted one each"):
        export_model(model, tmp_path / "student")
    assert not (tmp_path / "student").exists()
