"""What a round must say to start from a pose model, told by the file's own words."""

from collections.abc import Callable
from pathlib import Path

import onnx
import pytest

from sspcm.config import PRESETS, merge
from sspcm.models.graphs import build_on
from sspcm.models.importing import import_graph
from sspcm.networks.trunk import BackboneError
from sspcm.pose_models.layouts import COCO, PoseModelError
from sspcm.pose_models.trainable import trainable_settings
from tests.onnx_files import classifier, heatmaps, learning_heatmaps, learning_movenet, learning_simcc, movenet, simcc


def written(folder: Path, content: bytes) -> Path:
    path = folder / "model.onnx"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "size", "scale"),
    [
        (learning_movenet(96), (96, 96), 1.15),
        (learning_heatmaps(128, 96), (128, 96), 1.25),
        (learning_simcc(128, 96), (128, 96), 1.25),
    ],
    ids=["movenet", "heatmaps", "simcc"],
)
def test_the_settings_are_the_models_own_and_lie_over_the_preset(tmp_path, content, size, scale):
    settings = trainable_settings(written(tmp_path, content), name="dots")
    model = merge(PRESETS["imported"], settings).model
    assert ((model.input_height, model.input_width), model.box_scale) == (size, scale)


@pytest.mark.parametrize(
    ("content", "loss", "sigma"),
    [
        (learning_movenet(), "cross_entropy", 1.5),
        (learning_heatmaps(), "heatmap", 2.0),
        (learning_simcc(), "cross_entropy", 0.7),
    ],
    ids=["movenet", "heatmaps", "simcc"],
)
def test_each_kind_is_held_to_what_it_was_trained_by(tmp_path, content, loss, sigma):
    train = merge(PRESETS["imported"], trainable_settings(written(tmp_path, content), name="dots")).train
    assert (train.loss, train.heatmap_sigma) == (loss, sigma)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (simcc(64, 64), "dots has no plain convolutions; training wants 1 or more"),
        (classifier(), "dots is no pose model of a known layout"),
        (heatmaps(64, 48), "takes crops of 64 x 48 pixels; training wants sides of 32 pixels"),
        (movenet(40), "takes crops of 40 x 40"),
        (movenet(64), "has no plain convolutions; training wants 4"),
        (heatmaps(64, 64), "has no plain convolutions"),
        (b"no model", "is no whole ONNX model"),
        (b"", "dots is empty"),
    ],
)
def test_what_no_round_can_start_from_is_refused_in_words(tmp_path, content, said):
    with pytest.raises(PoseModelError, match=said):
        trainable_settings(written(tmp_path, content), name="dots")


def test_a_file_that_is_gone_is_refused(tmp_path):
    with pytest.raises(PoseModelError, match=r"gone cannot be read \(No such file"):
        trainable_settings(tmp_path / "gone.onnx", name="gone")


def changed(content: bytes, change: Callable[[onnx.GraphProto], None]) -> bytes:
    model = onnx.load_from_string(content)
    change(model.graph)
    return bytes(model.SerializeToString())


def behind(graph: onnx.GraphProto, kind: str) -> None:
    """A layer behind the last one."""
    last = graph.output[0].name
    next(one for one in graph.node if last in one.output).output[0] = "before"
    graph.node.append(onnx.helper.make_node(kind, ["before"], [last]))


FURTHER = (*COCO, "heel")


@pytest.mark.parametrize(
    "content",
    [learning_movenet(), learning_heatmaps(), changed(learning_heatmaps(), lambda graph: behind(graph, "Identity"))],
    ids=["movenet", "heatmaps", "heatmaps behind nothing"],
)
def test_a_keypoint_more_is_given_a_heatmap_where_there_is_a_place(tmp_path, content):
    assert trainable_settings(written(tmp_path, content), name="dots", keypoints=FURTHER)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (learning_simcc(), "dots does not know 'heel' of the skeleton, and SimCC's head has no place for one more"),
        (changed(learning_heatmaps(), lambda graph: behind(graph, "Sigmoid")), "it ends in no convolution"),
    ],
    ids=["simcc", "heatmaps behind a sigmoid"],
)
def test_a_keypoint_more_is_refused_where_there_is_none_and_only_then(tmp_path, content, said):
    path = written(tmp_path, content)
    assert trainable_settings(path, name="dots", keypoints=COCO[::-1])
    with pytest.raises(PoseModelError, match=said):
        trainable_settings(path, name="dots", keypoints=FURTHER)


@pytest.mark.parametrize("content", [learning_heatmaps(), learning_simcc()], ids=["heatmaps", "simcc"])
def test_what_passes_and_what_is_refused_is_so_in_the_round_too(tmp_path, content):
    """The words of a file against the network that is made of it."""
    pytest.importorskip("onnx2torch")
    path = written(tmp_path, content)
    graph = import_graph(path)
    for keypoints in (COCO, FURTHER, ("heel", "toe")):
        try:
            trainable_settings(path, name="dots", keypoints=keypoints)
        except PoseModelError:
            with pytest.raises(BackboneError):
                build_on(graph, keypoints, 0)
        else:
            build_on(graph, keypoints, 0)


def test_a_skeleton_of_other_names_is_refused(tmp_path):
    with pytest.raises(PoseModelError, match="knows none of the skeleton's keypoints \\('a', 'b', 'c', 'd' and 1 more"):
        trainable_settings(written(tmp_path, learning_movenet()), name="dots", keypoints=tuple("abcde"))


def test_a_quantised_file_is_refused(tmp_path):
    content = changed(learning_heatmaps(), lambda graph: behind(graph, "DequantizeLinear"))
    with pytest.raises(PoseModelError, match="dots is quantised"):
        trainable_settings(written(tmp_path, content), name="dots")
