"""Real ONNX files: run, and refused in words."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto

from sspcm.pose_models.layouts import COCO, PoseModelError
from sspcm.pose_models.model import EXTERNAL_DATA, PoseModel, read_pose_model
from tests.onnx_files import classifier, heatmaps, movenet, simcc

LEFT_KNEE, RIGHT_WRIST = COCO.index("left_knee"), COCO.index("right_wrist")
FILES = {
    "movenet, int32": (movenet(), "movenet"),
    "movenet, float": (movenet(dtype=TensorProto.FLOAT), "movenet"),
    "movenet, uint8": (movenet(dtype=TensorProto.UINT8), "movenet"),
    "heatmaps, any batch": (heatmaps(), "heatmaps"),
    "heatmaps, batch of 4": (heatmaps(batch=4), "heatmaps"),
    "simcc": (simcc(), "simcc"),
    "simcc, lengths not declared": (simcc(declared=False), "simcc"),
    "simcc, other names": (simcc(names=("a", "b")), "simcc"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_model_says_where_the_dots_are_in_the_crop(name: str) -> None:
    content, kind = FILES[name]
    model = PoseModel(content, name="dots")
    crops = np.zeros((5, model.layout.height, model.layout.width, 3), np.uint8)
    for row, crop in enumerate(crops):
        crop[4 * row + 4, 40, 2] = 255
        crop[8, 4 * row + 4, 1] = 204
    poses = model.run(crops)
    assert model.layout.kind == kind
    assert np.allclose(poses[:, LEFT_KNEE], [[40, 4 * row + 4, 1.0] for row in range(5)], atol=1e-5)
    assert np.allclose(poses[:, RIGHT_WRIST], [[4 * row + 4, 8, 0.8] for row in range(5)], atol=1e-5)


@pytest.mark.parametrize(
    ("scale", "said"),
    [(1e30, "sees a keypoint at"), (6.5, "sees a keypoint at"), (float("inf"), "NaN or infinity")],
)
def test_answers_far_outside_the_crop_are_refused(scale: float, said: str) -> None:
    crops = np.full((1, 64, 64, 3), 255, np.uint8)
    with pytest.raises(PoseModelError, match=said):
        PoseModel(movenet(stretched=scale), name="far").run(crops)


def test_infinite_heatmaps_are_refused() -> None:
    with pytest.raises(PoseModelError, match="NaN or infinity"):
        PoseModel(heatmaps(heated=float("inf")), name="hot").run(np.full((1, 64, 48, 3), 255, np.uint8))


def test_no_crop_is_no_pose() -> None:
    assert PoseModel(movenet(), name="dots").run(np.empty((0, 64, 64, 3), np.uint8)).shape == (0, 17, 3)


def test_a_model_of_another_kind_is_told_with_what_it_has_and_what_is_wanted() -> None:
    with pytest.raises(PoseModelError) as refused:
        PoseModel(classifier(), name="ten")
    said = str(refused.value)
    assert "inputs image float[1,3,32,32]; outputs classes float[1,10]" in said
    assert "Wanted one of: MoveNet" in said and "Export such a model" in said


@pytest.mark.parametrize("content", [b"", b"no model at all", heatmaps()[:-200], heatmaps()[:40]])
def test_what_is_no_whole_onnx_file_is_told(content: bytes) -> None:
    with pytest.raises(PoseModelError, match=r"cannot be opened as an ONNX model|is no pose model"):
        PoseModel(content, name="broken")


def test_a_model_whose_weights_lie_elsewhere_is_told_how_to_save_it(tmp_path: Path) -> None:
    path = tmp_path / "outside.onnx"
    model = onnx.load_from_string(heatmaps())
    onnx.save(model, path, save_as_external_data=True, location="weights.bin", size_threshold=0)
    assert EXTERNAL_DATA in path.read_bytes()
    with pytest.raises(PoseModelError, match="keeps its weights in another file"):
        read_pose_model(path)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(PoseModelError, match=r"cannot read .*gone\.onnx"):
        read_pose_model(tmp_path / "gone.onnx")


def test_movenet_is_known_by_its_shapes(real_weights) -> None:
    model = read_pose_model(real_weights("movenet_thunder_256.onnx"))
    assert (model.name, model.layout.kind, model.layout.batch) == ("movenet_thunder_256", "movenet", 1)


def test_a_detector_is_no_pose_model(real_weights) -> None:
    with pytest.raises(PoseModelError, match=r"outputs 758 float\[1,85,22,22\]"):
        read_pose_model(real_weights("fastestdet_coco80_352.onnx"))
