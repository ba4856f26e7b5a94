"""What imported networks are built on lies beside them."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from sspcm.config import ModelConfig
from sspcm.models.checkpoint import CheckpointError, save_networks
from sspcm.models.folder import open_model
from sspcm.models.graphs import build_on, graphs_in, import_graphs, keep_graphs
from sspcm.networks import BackboneError
from sspcm.skeletons.skeleton import get_skeleton
from tests.onnx_files import learning_heatmaps, learning_movenet

CPU = torch.device("cpu")
COCO = get_skeleton("coco-17")
pytestmark = pytest.mark.usefixtures("one_thread")


def model_of(path: Path, **others) -> ModelConfig:
    return ModelConfig(
        backbone="imported", student_backbone="imported", input_height=64, input_width=64, weights=str(path), **others
    )


def second(folder: Path, content: bytes) -> Path:
    path = folder / "second.onnx"
    path.write_bytes(content)
    return path


def test_a_folder_of_imported_networks_is_opened_without_the_file_that_they_came_from(tmp_path, movenet_file):
    model = model_of(movenet_file, weights_b=str(second(tmp_path, learning_movenet(seed=1))))
    build = import_graphs(model).builder(COCO.keypoints)
    networks = {name: build(name, 0) for name in ("A", "B", "C")}
    save_networks(tmp_path / "trained", networks, skeleton=COCO, model=model)
    for path in tmp_path.glob("*.onnx"):
        path.unlink()
    images = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    for name, network in networks.items():
        opened = open_model(tmp_path / "trained", name, device=CPU)
        with torch.inference_mode():
            assert torch.equal(opened.network(images), network.eval()(images))
    assert not torch.equal(networks["A"](images), networks["B"](images))


def test_one_graph_is_kept_once(tmp_path, movenet_file):
    keep_graphs(tmp_path / "kept", import_graphs(model_of(movenet_file)))
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["imported.onnx"]
    assert graphs_in(tmp_path / "kept").second.info.name == "small_movenet"


def test_a_later_training_takes_the_graphs_of_the_folder_that_it_goes_on_from(tmp_path, movenet_file):
    keep_graphs(tmp_path / "earlier", import_graphs(model_of(movenet_file)))
    movenet_file.unlink()
    assert import_graphs(model_of(tmp_path / "earlier")).first.info.name == "small_movenet"


@pytest.mark.parametrize(
    ("other", "reason"),
    [(lambda: learning_movenet(96), "other pixels"), (learning_heatmaps, "other pixels")],
    ids=["size", "kind"],
)
def test_a_second_model_must_see_the_same_pixels(tmp_path, movenet_file, other, reason):
    with pytest.raises(BackboneError, match=reason):
        import_graphs(model_of(movenet_file, weights_b=str(second(tmp_path, other()))))


def test_the_settings_must_have_the_models_size(movenet_file):
    with pytest.raises(BackboneError, match=r"Set model.input_height = 64 and model.input_width = 64"):
        import_graphs(replace(model_of(movenet_file), input_height=96))


@pytest.mark.parametrize("name", ["random", "nowhere.onnx", "words.txt"])
def test_weights_that_are_no_pose_model_are_refused(tmp_path, name):
    (tmp_path / "words.txt").write_text("words")
    with pytest.raises(BackboneError, match="no ONNX file"):
        import_graphs(model_of(tmp_path / name))


def test_a_damaged_pose_model_is_refused(tmp_path):
    (tmp_path / "cut.onnx").write_bytes(learning_movenet()[:1000])
    with pytest.raises(BackboneError, match="cannot be opened as an ONNX model"):
        import_graphs(model_of(tmp_path / "cut.onnx"))


def test_a_folder_without_its_graph_says_what_is_missing(tmp_path, movenet_file):
    keep_graphs(tmp_path, import_graphs(model_of(movenet_file)))
    (tmp_path / "imported.onnx").unlink()
    with pytest.raises(CheckpointError, match=r"imported\.onnx \(No such file"):
        graphs_in(tmp_path)


def test_a_model_that_shares_no_keypoint_with_the_skeleton_is_refused(movenet_file):
    with pytest.raises(BackboneError, match="knows no keypoint of the skeleton"):
        build_on(import_graphs(model_of(movenet_file)).first, ["tail", "left_fin"], 0)
