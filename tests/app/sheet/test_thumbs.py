"""Thumbs of persons in frames whose colours say where they came from."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.home.image_files import ImageFiles
from app.sheet.thumbs import THUMB_PX, Thumbs, thumb_matrix, thumb_name
from db.records import CameraRecord, ImageRecord
from sspcm.cutting import CropError
from sspcm.geometry import apply
from sspcm.pose import Box

PLAIN = CameraRecord(1, "hall", is_fisheye=False)
RED, GREEN, BLUE = (220, 30, 30), (30, 200, 30), (30, 30, 220)


@pytest.fixture
def keep(tmp_path: Path) -> Callable[..., ImageRecord]:
    """An image of these pixels in the home's files: keep(pixels, camera)."""

    def kept(pixels: np.ndarray, camera: CameraRecord = PLAIN, suffix: str = ".jpg") -> ImageRecord:
        done, content = cv2.imencode(suffix, cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 95])
        assert done
        sha256 = ImageFiles(tmp_path).put(content.tobytes(), suffix)
        height, width = pixels.shape[:2]
        return ImageRecord(1, sha256, "a.jpg", width, height, camera, 0, "train", True, None, {})

    return kept


def painted(width: int, height: int, *discs: tuple[float, float, float, tuple[int, int, int]]) -> np.ndarray:
    """A grey frame with discs of x, y, radius, colour."""
    pixels = np.full((height, width, 3), 128, np.uint8)
    for x, y, radius, colour in discs:
        cv2.circle(pixels, (round(x), round(y)), round(radius), colour, -1)
    return pixels


def cut(home: Path, image: ImageRecord, box: Box) -> np.ndarray:
    thumbs = Thumbs(home)
    thumbs.cut(image, [box])
    content = thumbs.find(thumb_name(image, box))
    assert content is not None
    return np.asarray(cv2.cvtColor(cv2.imdecode(np.frombuffer(content, np.uint8), 1), cv2.COLOR_BGR2RGB))


def centre_of(thumb: np.ndarray, colour: tuple[int, int, int]) -> tuple[float, float]:
    """The middle of what has nearly this colour."""
    rows, columns = np.nonzero(np.abs(thumb.astype(int) - colour).max(axis=2) < 60)
    assert len(rows), "this colour is nowhere"
    return float(columns.mean()), float(rows.mean())


@pytest.mark.parametrize("side", [100, 300, 700, 1500, 3200])
def test_what_lies_somewhere_in_the_image_lies_where_the_matrix_says(
    tmp_path: Path, keep: Callable[..., ImageRecord], side: int
) -> None:
    """However much smaller the image is decoded on the way."""
    box = Box(180.0, 90.0, side / 2, side)
    spot = (box.x + side / 10, box.y + side / 5)
    image = keep(painted(2 * side + 200, side + 300, (*spot, side / 12, RED)))
    thumb = cut(tmp_path, image, box)
    assert thumb.shape == (THUMB_PX, THUMB_PX, 3)
    wanted = apply(thumb_matrix(image, box), np.array([np.round(spot)]))[0]
    assert centre_of(thumb, RED) == pytest.approx(tuple(wanted), abs=0.6)


def test_under_a_fisheye_the_head_is_up(tmp_path: Path, keep: Callable[..., ImageRecord]) -> None:
    """A person right of the lens's middle lies on their side in the image, the head away from it."""
    image = keep(painted(800, 800, (700, 400, 25, RED), (600, 400, 25, BLUE)), CameraRecord(1, "ceiling"))
    thumb = cut(tmp_path, image, Box(560.0, 360.0, 180.0, 80.0))
    (head_x, head_y), (feet_x, feet_y) = centre_of(thumb, RED), centre_of(thumb, BLUE)
    assert head_x == pytest.approx(feet_x, abs=2)
    assert head_y + 50 < feet_y


@pytest.mark.parametrize("box", [Box(-300.0, -300.0, 50.0, 80.0), Box(0.0, 0.0, 1.0, 1.0), Box(90.0, 90.0, 40.0, 40.0)])
def test_boxes_at_the_border_and_beyond_it_have_thumbs(
    tmp_path: Path, keep: Callable[..., ImageRecord], box: Box
) -> None:
    assert cut(tmp_path, keep(painted(100, 100), suffix=".png"), box).shape == (THUMB_PX, THUMB_PX, 3)


def test_an_image_is_read_once_for_everybody_in_it(
    tmp_path: Path, keep: Callable[..., ImageRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    image = keep(painted(400, 300))
    boxes = [Box(20.0 + 30 * i, 40.0, 30.0, 60.0) for i in range(5)]
    asked: list[str] = []
    path = ImageFiles.path
    monkeypatch.setattr(ImageFiles, "path", lambda files, sha256: asked.append(sha256) or path(files, sha256))
    thumbs = Thumbs(tmp_path)
    thumbs.cut(image, boxes)
    thumbs.cut(image, boxes[2:])
    assert asked == [image.sha256]
    assert all(thumbs.find(thumb_name(image, box)) for box in boxes)


def test_another_box_lens_or_picture_has_another_name() -> None:
    image = ImageRecord(1, "ab" * 32, "a.jpg", 640, 480, PLAIN, 0, "train", True, None, {})
    box = Box(1.0, 2.0, 3.0, 4.0)
    others = [
        (image, replace(box, angle=5.0)),
        (replace(image, sha256="cd" * 32), box),
        (replace(image, camera=replace(PLAIN, is_fisheye=True)), box),
    ]
    names = {thumb_name(one, of) for one, of in [(image, box), *others]}
    assert len(names) == 4
    assert thumb_name(replace(image, id=2, file_name="b.jpg"), box) == thumb_name(image, box)


def test_the_oldest_go_when_the_folder_is_full(tmp_path: Path, keep: Callable[..., ImageRecord]) -> None:
    image = keep(painted(400, 300))
    boxes = [Box(100.0 + 30 * i, 100.0, 30.0, 60.0) for i in range(4)]
    names = [thumb_name(image, box) for box in boxes]
    Thumbs(tmp_path).cut(image, boxes[:3])
    for name, written in zip(names, (1000, 900, 800), strict=False):
        (path,) = (tmp_path / "thumbs").glob(f"*/{name}.jpg")
        os.utime(path, (written, written))
    size = path.stat().st_size  # every one is as grey and as large
    tight = Thumbs(tmp_path, kept_bytes=3 * size)
    tight.cut(image, boxes[3:])  # the fourth is too much: a tenth of the room is freed, which takes two
    assert [tight.find(name) is not None for name in names] == [True, False, False, True]


def test_a_file_that_is_gone_or_no_image_is_told(tmp_path: Path, keep: Callable[..., ImageRecord]) -> None:
    box = Box(1.0, 2.0, 30.0, 40.0)
    gone = replace(keep(painted(100, 100)), sha256="00" * 32)
    with pytest.raises(FileNotFoundError, match="restore images/"):
        Thumbs(tmp_path).cut(gone, [box])
    broken = replace(gone, sha256=ImageFiles(tmp_path).put(b"no image", ".jpg"))
    with pytest.raises(CropError, match="Import it anew"):
        Thumbs(tmp_path).cut(broken, [box])
