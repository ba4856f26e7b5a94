"""Model files as people give them."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.home import model_files
from app.home.model_files import ModelFileError, ModelFiles, network_name
from tests.onnx_files import classifier, movenet

WHOLE = movenet()


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def breaking_off() -> AsyncIterator[bytes]:
    yield b"o"
    raise ConnectionError


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("movenet.onnx", "movenet"),
        ("../../etc/rtm pose.ONNX", "rtm pose"),
        (r"C:\models\vit.v2.onnx", "vit.v2"),
    ],
)
def test_predictions_go_by_the_files_name(given: str, name: str) -> None:
    assert network_name(given) == name


@pytest.mark.parametrize("given", ["", "weights.pth", ".onnx", "A.onnx", "C.onnx", "a\x00b.onnx", "a" * 200 + ".onnx"])
def test_a_name_that_cannot_be_is_told(given: str) -> None:
    with pytest.raises(ModelFileError, match="wanted"):
        network_name(given)


def test_an_upload_lies_under_its_hash_and_twice_is_once(tmp_path: Path) -> None:
    models = ModelFiles(tmp_path)
    for _ in range(2):
        assert asyncio.run(models.put(chunks(WHOLE[:99], WHOLE[99:]))) == hashlib.sha256(WHOLE).hexdigest()
    (kept,) = (tmp_path / "models").iterdir()
    assert kept == models.path(hashlib.sha256(WHOLE).hexdigest())
    assert kept.read_bytes() == WHOLE


@pytest.mark.parametrize("content", [WHOLE[:-9], WHOLE[:2000], b"no model", classifier()])
def test_an_upload_that_is_cut_or_no_pose_model_is_refused_and_leaves_nothing(content: bytes, tmp_path: Path) -> None:
    models = ModelFiles(tmp_path)
    with pytest.raises(ModelFileError, match=r"cut is no whole ONNX model|cut is no pose model of a known layout"):
        asyncio.run(models.put(chunks(content), name="cut"))
    assert list((tmp_path / "models").iterdir()) == []


def test_an_upload_that_is_too_large_empty_or_breaks_off_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_files, "LARGEST_MODEL", 3)
    models = ModelFiles(tmp_path)
    for source, error in (
        (chunks(b"onnx"), ModelFileError),
        (chunks(), ModelFileError),
        (breaking_off(), ConnectionError),
    ):
        with pytest.raises(error):
            asyncio.run(models.put(source))
    assert list((tmp_path / "models").iterdir()) == []
