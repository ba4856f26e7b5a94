"""An exported network says what the network says, and tells how to run it."""

import hashlib
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from sspcm.config import ModelConfig
from sspcm.crops.store import CropStore, Frame, crop_spec
from sspcm.cutting import read_image, warp
from sspcm.fisheye import default_lens
from sspcm.formats.coco.reading import read_coco
from sspcm.models import onnx as export
from sspcm.models.checkpoint import save_networks
from sspcm.models.folder import Model, open_model
from sspcm.models.onnx import METADATA_KEY, ExportError, export_model, largest_difference, metadata, to_onnx
from sspcm.models.predict import predict_persons
from sspcm.networks import build_network
from sspcm.pose_models.model import read_pose_model
from tests.sspcm.demo_people import DEMO, IMAGES, WEIGHTS

CPU = torch.device("cpu")
ROOT = Path(__file__).parents[3]


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def exported(tmp_path_factory) -> Path:
    """The demo's network B, exported once."""
    out = tmp_path_factory.mktemp("exports") / "student"
    export_model(open_model(WEIGHTS, "B", device=CPU), out)
    return out


def tiny_model(folder: Path, **config: object) -> Model:
    """A random network of two mirrored keypoints whose heatmaps are not all nought."""
    model = ModelConfig(backbone="resnet18", deconv_channels=8, input_height=64, input_width=64)
    network = build_network("resnet18", 24 if config.get("channels") == "legacy" else 17, 8, 1)
    torch.nn.init.normal_(network.head[-1].weight, std=1.0)
    skeleton = open_model(WEIGHTS, device=CPU).skeleton
    save_networks(folder, {"A": network}, skeleton=skeleton, model=replace(model, **config))
    return open_model(folder, device=CPU)


def test_the_folder_holds_what_its_card_says(exported):
    card = json.loads((exported / "card.json").read_text())
    assert set(card["sha256"]) == {"model.json", "student.onnx", "student.safetensors"}
    for name, digest in card["sha256"].items():
        assert hashlib.sha256((exported / name).read_bytes()).hexdigest() == digest
    told = json.loads(onnx.load(exported / "student.onnx").metadata_props[0].value)
    assert told == card["run"] and len(told["skeleton"]["sigmas"]) == 17 and told["decoder"] == "parabola"
    readme = (exported / "README.md").read_text()
    assert "atan2(bx - lx, ly - by)" in readme and card["sha256"]["student.onnx"] in readme and "Licence" in readme
    assert {path.name for path in exported.parent.iterdir()} == {"student"}


def test_the_onnx_file_takes_any_number_of_crops_and_knows_no_machine(exported):
    session = onnxruntime.InferenceSession(exported / "student.onnx", providers=["CPUExecutionProvider"])
    network = open_model(WEIGHTS, "B", device=CPU).network
    for count in (1, 3):
        crops = torch.randn(count, 3, 96, 96)
        (found,) = session.run(["heatmaps"], {"image": crops.numpy()})
        with torch.inference_mode():
            assert np.abs(found - network(crops).numpy()).max() < 1e-4
    content = (exported / "student.onnx").read_bytes()
    assert str(ROOT).encode() not in content and b"site-packages" not in content


def test_the_exported_folder_predicts_like_the_one_it_came_from(exported):
    again, network = open_model(exported, device=CPU), open_model(WEIGHTS, "B", device=CPU).network
    assert again.name == "student"
    crops = torch.randn(2, 3, 96, 96)
    with torch.inference_mode():
        assert torch.equal(again.network(crops), network(crops))


def test_pre_labelling_takes_the_exported_file(exported):
    model = read_pose_model(exported / "student.onnx")
    assert model.layout.kind == "heatmaps" and model.layout.batch is None
    person = read_coco(DEMO / "validation.json").persons[0].person
    image = IMAGES / "000096.jpg"
    spec = crop_spec(image, person.box, default_lens(640, 640), open_model(WEIGHTS, device=CPU).config)
    (pose,) = model.run(warp(read_image(image), spec.matrix, height=96, width=96)[None])
    assert np.abs(spec.to_image(pose[:, :2]) - predicted(spec)[:, :2]).max() < 0.5


def predicted(spec):
    model = open_model(WEIGHTS, "B", device=CPU)
    crops = CropStore([spec], Frame(96, 96), threads=1)
    return predict_persons({"B": model.network}, crops, batch=1, device=CPU)["B"][0]


@pytest.mark.parametrize("lens", [True, False])
def test_the_example_finds_the_same_keypoints_from_the_file_alone(exported, lens):
    person = read_coco(DEMO / "validation.json").persons[0].person
    image, box = IMAGES / "000096.jpg", person.box
    circle = default_lens(640, 640) if lens else None
    command = [sys.executable, ROOT / "docs" / "examples" / "run_student.py", exported / "student.onnx", image]
    command += [f"{box.x},{box.y},{box.width},{box.height}"]
    command += [f"{circle.x},{circle.y},{circle.radius}"] if circle else []
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    found = np.array([[float(value) for value in line.split()[1:]] for line in told])
    wanted = predicted(crop_spec(image, box, circle, open_model(WEIGHTS, device=CPU).config))
    assert [line.split()[0] for line in told] == list(open_model(WEIGHTS, device=CPU).skeleton.keypoints)
    assert np.abs(found[:, :2] - wanted[:, :2]).max() < 0.5
    assert np.abs(found[:, 2] - wanted[:, 2]).max() < 0.01


def test_legacy_networks_and_the_flip_test_are_exported_as_rgb_and_k_heatmaps(tmp_path):
    model = tiny_model(tmp_path, pixels="legacy", channels="legacy")
    content = to_onnx(model, metadata(model, flip=True), flip=True, opset=18)
    assert onnx.load_from_string(content).opset_import[0].version == 18
    assert largest_difference(model, content, flip=True) < 1e-4
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    spec = crop_spec(
        IMAGES / "000096.jpg", read_coco(DEMO / "validation.json").persons[0].person.box, None, model.config
    )
    told = json.loads(session.get_modelmeta().custom_metadata_map[METADATA_KEY])
    crop = warp(read_image(spec.image), spec.matrix, height=64, width=64)
    fed = (crop.astype(np.float32) - np.float32(told["input"]["mean"])) / np.float32(told["input"]["std"])
    (found,) = session.run(None, {"image": fed.transpose(2, 0, 1)[None]})
    assert found.shape == (1, 17, 16, 16)
    wanted = predict_persons(
        {"A": model.network},
        CropStore([spec], Frame(64, 64), threads=1),
        batch=1,
        device=CPU,
        flip=True,
        mirror=model.skeleton.mirror_array,
        pixels="legacy",
        keypoints=17,
    )["A"][0]
    assert found.max((2, 3))[0].clip(0, 1) == pytest.approx(wanted[:, 2], abs=1e-3)


def test_a_file_that_says_something_else_is_an_error_and_leaves_nothing(exported, tmp_path, monkeypatch):
    other = (exported / "student.onnx").read_bytes()
    monkeypatch.setattr(export, "to_onnx", lambda *_, **__: other)
    with pytest.raises(ExportError, match=r"off the network's; wanted at most 0\.0001"):
        export_model(open_model(WEIGHTS, "A", device=CPU), tmp_path / "out")
    assert not list(tmp_path.iterdir())


def test_force_replaces_an_earlier_export_whole(exported, tmp_path, monkeypatch):
    shutil.copytree(exported, tmp_path / "out")
    (tmp_path / "out" / "earlier.txt").touch()
    same = (exported / "student.onnx").read_bytes()
    monkeypatch.setattr(export, "to_onnx", lambda *_, **__: same)  # written once is enough
    export_model(open_model(WEIGHTS, "B", device=CPU), tmp_path / "out", force=True)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(
        path.name for path in exported.iterdir()
    )


def test_only_an_earlier_export_is_ever_replaced(exported, tmp_path):
    model = open_model(WEIGHTS, device=CPU)
    with pytest.raises(ExportError, match="add --force"):
        export_model(model, exported)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("all of it")
    with pytest.raises(ExportError, match="holds no export"):
        export_model(model, tmp_path / "mine", force=True)
    with pytest.raises(ExportError, match="there is no folder"):
        export_model(model, tmp_path / "nowhere" / "out")
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "all of it"
