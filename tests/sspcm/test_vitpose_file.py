"""What a VitPose's file says of itself, told without running it."""

from pathlib import Path

import pytest

from sspcm.config import PRESETS, merge
from sspcm.models.graphs import build_on, import_graphs
from sspcm.models.vitpose_folder import import_vitpose
from sspcm.networks.vitpose import VitPoseGraph
from sspcm.pose_models.layouts import COCO, PoseModelError
from sspcm.pose_models.trainable import trainable_settings
from sspcm.vitpose_file import read_told, trains_from
from tests.vitpose_folders import save_vitpose

HEEL = ("nose", "heel")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    save_vitpose(tmp_path / "vit", size=(96, 64))
    path = tmp_path / "vit.vitpose"
    path.write_bytes(import_vitpose(tmp_path / "vit").content)
    return path


def test_a_model_trains_from_the_vitpose_beside_it_and_else_from_itself(file: Path) -> None:
    assert trains_from(file.with_suffix(".onnx")) == file
    assert trains_from(file.with_name("movenet.onnx")) == file.with_name("movenet.onnx")


def test_a_round_begins_from_the_file_with_the_settings_that_it_asks_for(file: Path) -> None:
    assert read_told(file)["info"]["keypoints"] == list(COCO)
    settings = trainable_settings(file, name="vit", keypoints=COCO)
    config = merge(merge(PRESETS["imported"], settings), {"model": {"weights": str(file)}})
    assert (config.model.input_height, config.model.input_width, config.model.box_scale) == (96, 64, 1.25)
    assert (config.train.loss, config.train.heatmap_sigma) == ("heatmap", 2.0)
    graphs = import_graphs(config.model)
    assert isinstance(graphs.first, VitPoseGraph) and graphs.first.content == file.read_bytes()


def test_a_keypoint_that_it_does_not_know_is_given_a_heatmap(file: Path) -> None:
    assert trainable_settings(file, name="vit", keypoints=HEEL)
    assert build_on(import_graphs(merge(PRESETS["imported"], {
        "model": {"weights": str(file), "input_height": 96, "input_width": 64}
    }).model).first, HEEL, 0)  # fmt: skip


def test_what_no_round_can_begin_from_is_told(file: Path, tmp_path: Path) -> None:
    with pytest.raises(
        PoseModelError, match=r"vit knows none of the skeleton's keypoints \('tail'\).*wanted some of: nose"
    ):
        trainable_settings(file, name="vit", keypoints=("tail",))
    with pytest.raises(PoseModelError, match="vit cannot be read"):
        trainable_settings(tmp_path / "gone.vitpose", name="vit")
    save_vitpose(tmp_path / "odd", size=(48, 48))
    (tmp_path / "odd.vitpose").write_bytes(import_vitpose(tmp_path / "odd").content)
    with pytest.raises(PoseModelError, match="takes crops of 48 x 48 pixels; training wants sides of 32"):
        trainable_settings(tmp_path / "odd.vitpose", name="odd")


@pytest.mark.parametrize("content", [b"", b"\xff" * 8, b"\x02" + bytes(7) + b"{}", bytes(8)], ids=repr)
def test_a_file_that_does_not_say_it_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "cut.vitpose"
    path.write_bytes(content)
    with pytest.raises(PoseModelError, match="cut does not say what its VitPose is built like; wanted"):
        trainable_settings(path, name="cut")
