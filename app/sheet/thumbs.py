"""Thumbs: a small upright square of each person, cut when first asked for and kept in the home."""

import hashlib
import json
import math
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import UInt8

from app.cameras.lenses import lens_of
from app.home.image_files import ImageFiles
from db.records import ImageRecord
from sspcm.cutting import OUTSIDE, CropError, warp
from sspcm.geometry import Matrix, apply, crop_matrix, gain, scaling, translation
from sspcm.pose import Box
from sspcm.whole_files import write_atomically

THUMB_PX = 192
MARGIN = 1.25
"""How much more than the person a thumb shows along its longer side: as much as a crop that is trained on."""
JPEG_QUALITY = 82
KEPT_BYTES = 500_000_000
"""Beyond, the oldest go until a tenth is free. Some 7 kB a thumb: 70,000 persons."""
_RECIPE = 1
"""To be counted up when thumbs are made otherwise: browsers keep each under its name for good."""
_REDUCED = {
    1: cv2.IMREAD_COLOR,
    2: cv2.IMREAD_REDUCED_COLOR_2,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    8: cv2.IMREAD_REDUCED_COLOR_8,
}


def thumb_matrix(image: ImageRecord, box: Box) -> Matrix:
    """Image pixels -> pixels of the person's thumb, which is THUMB_PX wide and high; away from the lens is up."""
    return crop_matrix(box, lens=lens_of(image), height=THUMB_PX, width=THUMB_PX, scale=MARGIN)


def thumb_name(image: ImageRecord, box: Box) -> str:
    """The name of what the thumb shows, 16 hexadecimal digits: another picture, box or lens has another."""
    lens = lens_of(image)
    circle = lens and (lens.x, lens.y, lens.radius)
    told = [_RECIPE, image.sha256, box.x, box.y, box.width, box.height, box.angle, circle]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


class Thumbs:
    """The home's thumbs. Several threads may ask at once."""

    def __init__(self, home: Path, *, kept_bytes: int = KEPT_BYTES) -> None:
        self._folder = home / "thumbs"
        self._files = ImageFiles(home)
        self._kept_bytes = kept_bytes
        self._bytes: int | None = None  # of all thumbs; None until they were counted
        self._counting = threading.Lock()

    def find(self, name: str) -> bytes | None:
        """The thumb of that name as JPEG, if it is kept."""
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            return None

    def cut(self, image: ImageRecord, boxes: Sequence[Box]) -> None:
        """Keep a thumb of each box in an image, which is decoded once; those kept already stay.

        Raises FileNotFoundError where the image's file is gone, and CropError where it cannot be decoded.
        """
        missing = [box for box in boxes if not self._path(thumb_name(image, box)).exists()]
        if not missing:
            return
        matrices = [thumb_matrix(image, box) for box in missing]
        reduction = _reduction(matrices)
        pixels = _read_reduced(self._files.path(image.sha256), reduction)
        for box, matrix in zip(missing, matrices, strict=True):
            thumb = _cut_out(pixels, matrix @ _from_reduced(reduction))
            self._keep(thumb_name(image, box), _encode(thumb))

    def forget_all(self) -> None:
        """Take every thumb away: whose picture a name stands for, only the box and lens of that day would tell."""
        for _, _, path in list(self._all()):
            path.unlink(missing_ok=True)
        with self._counting:
            self._bytes = None

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / f"{name}.jpg"

    def _keep(self, name: str, content: bytes) -> None:
        write_atomically(self._path(name), content)
        with self._counting:
            known = self._bytes
            self._bytes = sum(size for _, size, _ in self._all()) if known is None else known + len(content)
            if self._bytes > self._kept_bytes:
                self._bytes = self._drop_oldest(self._kept_bytes * 9 // 10)

    def _drop_oldest(self, wanted_bytes: int) -> int:
        """Delete thumbs, those written first first, until the rest is small enough; its size."""
        found = sorted(self._all())
        total = sum(size for _, size, _ in found)
        for _, size, path in found:
            if total <= wanted_bytes:
                break
            path.unlink(missing_ok=True)
            total -= size
        return total

    def _all(self) -> Iterator[tuple[int, int, Path]]:
        """When each was written, its bytes and its path."""
        for path in self._folder.glob("*/*.jpg"):
            try:
                about = path.stat()
            except FileNotFoundError:  # dropped between the listing and the look at it
                continue
            yield about.st_mtime_ns, about.st_size, path


def _reduction(matrices: Sequence[Matrix]) -> int:
    """How much smaller the image may be decoded so that no thumb is enlarged: decoding 4096 px whole takes longest."""
    finest = max(gain(matrix) for matrix in matrices)
    return next(times for times in (8, 4, 2, 1) if times == 1 or finest * times <= 1)


def _from_reduced(times: int) -> Matrix:
    """Pixels of the image decoded `times` smaller -> pixels of the image: each covers times x times of them."""
    shift = (times - 1) / 2
    return np.asarray(translation(shift, shift) @ scaling(times))


def _read_reduced(path: Path, times: int) -> UInt8[np.ndarray, "H W 3"]:
    content = np.frombuffer(path.read_bytes(), dtype=np.uint8)
    image = cv2.imdecode(content, _REDUCED[times]) if len(content) else None
    if image is None:
        raise CropError(f"{path.name} holds no image that can be decoded; wanted JPEG, PNG or WebP. Import it anew.")
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), dtype=np.uint8)


def _cut_out(pixels: UInt8[np.ndarray, "H W 3"], matrix: Matrix) -> UInt8[np.ndarray, "192 192 3"]:
    """What the matrix (pixels -> thumb) shows. Only its own part of a large image is halved on the way."""
    last = THUMB_PX - 0.5
    corners = np.array([[-0.5, -0.5], [last, -0.5], [-0.5, last], [last, last]])
    seen = apply(np.linalg.inv(matrix), corners)
    height, width = pixels.shape[:2]
    left, top = (max(0, math.floor(v) - 2) for v in seen.min(axis=0))
    right, bottom = (min(side, math.ceil(v) + 3) for v, side in zip(seen.max(axis=0), (width, height), strict=True))
    if left >= right or top >= bottom:
        return np.full((THUMB_PX, THUMB_PX, 3), OUTSIDE, dtype=np.uint8)
    part = pixels[top:bottom, left:right]
    return np.asarray(warp(part, matrix @ translation(left, top), height=THUMB_PX, width=THUMB_PX), dtype=np.uint8)


def _encode(thumb: UInt8[np.ndarray, "192 192 3"]) -> bytes:
    done, content = cv2.imencode(
        ".jpg", cv2.cvtColor(thumb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
    )
    assert done  # JPEG holds any 8-bit picture
    return content.tobytes()
