"""A model file is whole, or is refused by its bytes alone."""

from pathlib import Path

import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto

from sspcm.pose_models.layouts import PoseModelError
from sspcm.pose_models.onnx_file import check_pose_model
from tests.onnx_files import classifier, heatmaps, movenet, simcc

WHOLE = {
    "movenet": movenet(),
    "movenet of floats": movenet(dtype=TensorProto.FLOAT),
    "heatmaps": heatmaps(),
    "heatmaps, batch of 4": heatmaps(batch=4),
    "simcc": simcc(),
    "simcc of no told length": simcc(declared=False),
}
KINDS = sorted(WHOLE)


def check(folder: Path, content: bytes, name: str = "dots") -> None:
    path = folder / "model.onnx"
    path.write_bytes(content)
    check_pose_model(path, name)


def with_input(*sizes: int | str, kind: int = TensorProto.FLOAT) -> bytes:
    """A pose model by its layout, of any input size: nothing is made of that size."""
    model = onnx.load_from_string(heatmaps())
    del model.graph.input[:]
    model.graph.input.append(onnx.helper.make_tensor_value_info("image", kind, sizes))
    return bytes(model.SerializeToString())


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_model_of_a_known_layout_passes(kind: str, tmp_path: Path) -> None:
    check(tmp_path, WHOLE[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_cut_anywhere_is_refused(kind: str, tmp_path: Path) -> None:
    content = WHOLE[kind]
    for length in {*range(60), *range(60, len(content), max(1, len(content) // 150)), len(content) - 1}:
        with pytest.raises(PoseModelError, match=r"is no whole ONNX model|is empty"):
            check(tmp_path, content[:length])


@pytest.mark.parametrize("name", ["movenet_lightning_192.onnx", "movenet_thunder_256.onnx"])
def test_a_real_model_passes_and_is_refused_when_cut(name: str, real_weights, tmp_path: Path) -> None:
    content = real_weights(name).read_bytes()
    check(tmp_path, content)
    for part in range(20):
        with pytest.raises(PoseModelError, match=r"is no whole ONNX model|is empty"):
            check(tmp_path, content[: len(content) * part // 20])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "dots is empty"),
        (b"no model at all", "is no whole ONNX model"),
        (bytes(1000), "is no whole ONNX model"),
        (b"\x89PNG\r\n" + bytes(100), "is no whole ONNX model"),
        (b"PK\x03\x04" + bytes(100), "is no whole ONNX model"),
        (b"\xff" * 100, "is no whole ONNX model"),
        (b"\x08\x01" * 400_000, "it has over 300,000 parts"),
        (classifier(), "Found inputs image float[1,3,32,32]; outputs classes float[1,10]. Wanted one of: MoveNet"),
        (with_input(1, 3, 100_000, 100_000), "takes crops of 100,000 x 100,000 pixels, 1 at a time; wanted sides from"),
        (with_input(1_000_000, 3, 256, 192), "1,000,000 at a time"),
        (with_input(2**62, 3, 256, 192), "4,611,686,018,427,387,904 at a time"),
        (with_input(1, 3, 4, 4), "crops of 4 x 4 pixels"),
        (with_input(256, 3, 2048, 2048), "32,000,000 pixels in all"),
        (with_input("N", 3, "H", "W"), "Found inputs image float[?,?"),
        (with_input(1, 3, 256, 192, kind=TensorProto.STRING), "is no pose model of a known layout"),
        (with_input(), "is no pose model of a known layout"),
    ],
)
def test_what_is_no_pose_model_is_told(content: bytes, said: str, tmp_path: Path) -> None:
    if "float[?,?" in said:
        said = "Found inputs image float[?,3,?,?]"
    with pytest.raises(PoseModelError) as refused:
        check(tmp_path, content)
    assert said in str(refused.value) and len(str(refused.value)) < 800


def test_weights_in_another_file_or_of_the_wrong_length_are_told(tmp_path: Path) -> None:
    path = tmp_path / "outside.onnx"
    onnx.save(onnx.load_from_string(heatmaps()), path, save_as_external_data=True, location="w.bin", size_threshold=0)
    with pytest.raises(PoseModelError, match="in another file; save it with everything in one"):
        check_pose_model(path, "outside")
    model = onnx.load_from_string(heatmaps())
    model.graph.initializer[0].raw_data = b"xy"
    with pytest.raises(PoseModelError, match="are 2 bytes, not"):
        check(tmp_path, model.SerializeToString())


@given(content=st.binary(max_size=300), cut=st.integers(0, 4000), kind=st.sampled_from(KINDS))
def test_whatever_the_bytes_it_passes_or_is_refused_in_words(
    content: bytes, cut: int, kind: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    whole = WHOLE[kind]
    for damaged in (content, whole[:cut] + content + whole[cut + len(content) :]):
        try:
            check(tmp_path_factory.mktemp("damaged"), damaged)
        except PoseModelError as refused:
            assert "wanted" in str(refused) or "Wanted" in str(refused)
