"""Model files as people give them."""

import asyncio
import hashlib
import os
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
    (kept,) = (tmp_path / "models").glob("*.onnx")
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


def test_a_model_given_by_its_path_is_kept_with_its_name(tmp_path: Path) -> None:
    given, home = tmp_path / "strong.onnx", ModelFiles(tmp_path / "home")
    given.write_bytes(WHOLE)
    sha256 = home.keep(given)
    given.unlink()
    assert sha256 == hashlib.sha256(WHOLE).hexdigest()
    found = home.find("strong")
    assert found is not None and found == home.find(sha256)
    assert found.path.read_bytes() == WHOLE


def test_the_model_given_last_comes_first_and_an_older_homes_goes_by_its_hash(tmp_path: Path) -> None:
    home = ModelFiles(tmp_path)
    uploaded = asyncio.run(home.put(chunks(WHOLE), name="first"))
    os.utime(home.path(uploaded), ns=(1, 1))
    (tmp_path / "second.onnx").write_bytes(movenet(32))
    home.keep(tmp_path / "second.onnx")
    assert [one.name for one in home.newest_first()] == ["second", "first"]
    home.path(uploaded).with_suffix(".name").unlink()
    assert home.newest_first()[1].name == uploaded[:12]
    assert home.find("first") is None
