"""What a round must say to start from a pose model, told by the file's own words."""

from pathlib import Path

import pytest

from sspcm.config import PRESETS, merge
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
    settings = trainable_settings(written(tmp_path, content))
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
    train = merge(PRESETS["imported"], trainable_settings(written(tmp_path, content))).train
    assert (train.loss, train.heatmap_sigma) == (loss, sigma)


@pytest.mark.parametrize(
    "content",
    [simcc(), classifier(), heatmaps(64, 48), movenet(40), movenet(64), heatmaps(64, 64), b"no model", b""],
    ids=[
        "simcc of rules",
        "classifier",
        "sides of 48",
        "sides of 40",
        "movenet of rules",
        "heatmaps of rules",
        "text",
        "empty",
    ],
)
def test_what_no_round_can_start_from_has_none(tmp_path, content):
    assert trainable_settings(written(tmp_path, content)) is None


def test_a_file_that_is_gone_has_none(tmp_path):
    assert trainable_settings(tmp_path / "gone.onnx") is None
