"""Image files of any kind, made into 8-bit images that a browser and OpenCV see alike."""

import io
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from jaxtyping import Float, UInt8
from PIL import Image, UnidentifiedImageError

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")
_KEPT = {"JPEG": ".jpg", "MPO": ".jpg", "PNG": ".png", "WEBP": ".webp"}
"""Formats whose bytes a browser and OpenCV can both read. MPO: a JPEG with further pictures behind it."""
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What EXIF's orientations ask for. 1, and whatever EXIF does not define, asks for nothing."""
_ON_ITS_SIDE = range(5, 9)
_TIFF_BITS = 258
_PNG_BITS_AT = 24
"""Where a PNG says how many bits a channel has: in its header chunk, always the first."""
_THUMBNAIL = 16


class DecodeError(ValueError):
    """Bytes that are no image, or a broken one."""


@dataclass(frozen=True)
class DecodedImage:
    """Bytes to store and their size. file_size: (width, height) before the EXIF turn."""

    content: bytes
    suffix: str
    width: int
    height: int
    file_size: tuple[int, int]


def decode(content: bytes) -> DecodedImage:
    """The image as it is stored: EXIF turned once, 8 bits a channel, no transparency. Fit bytes are kept as they are.

    What is transparent becomes white; an animation becomes its first frame. Raises DecodeError saying what is wrong.
    """
    try:
        with Image.open(io.BytesIO(content)) as image:
            orientation = image.getexif().get(_ORIENTATION, 1)  # before loading: Pillow turns a TIFF then, and forgets
            image.load()
            return _normalise(content, image, orientation)
    except UnidentifiedImageError as error:  # whose own words are a place in memory
        raise DecodeError("not a whole image (of no kind that can be read here)") from error
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise DecodeError(f"not a whole image ({str(error) or type(error).__name__})") from error


def _normalise(content: bytes, image: Image.Image, orientation: int) -> DecodedImage:
    suffix = _KEPT.get(image.format or "")
    if suffix and orientation not in _TURNS and _is_plain(content, image):
        return DecodedImage(content, suffix, image.width, image.height, image.size)
    upright = _turn(_to_8_bit(content, image), image, orientation)
    file_size = upright.size[::-1] if orientation in _ON_ITS_SIDE else upright.size
    buffer = io.BytesIO()
    if suffix == ".jpg":
        upright.save(buffer, "JPEG", quality=95, subsampling=0)
        return DecodedImage(buffer.getvalue(), ".jpg", upright.width, upright.height, file_size)
    upright.save(buffer, "PNG")
    return DecodedImage(buffer.getvalue(), ".png", upright.width, upright.height, file_size)


def _turn(flat: Image.Image, image: Image.Image, orientation: int) -> Image.Image:
    """As EXIF asks, unless what read the pixels has done so: Pillow and OpenCV both turn a TIFF."""
    return flat if image.format == "TIFF" or orientation not in _TURNS else flat.transpose(_TURNS[orientation])


def _is_plain(content: bytes, image: Image.Image) -> bool:
    """Whether its pixels mean the same to everybody: opaque, 8 bits, one frame, and OpenCV reads them too."""
    animated = image.format in ("PNG", "WEBP") and getattr(image, "n_frames", 1) > 1
    odd = animated or _is_see_through(image) or _is_deep(content, image)
    return image.mode in ("L", "RGB", "P") and not odd and _read_grey(content) is not None


def _is_see_through(image: Image.Image) -> bool:
    return image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info


def _is_deep(content: bytes, image: Image.Image) -> bool:
    """More than 8 bits a channel. Pillow reads deep colour as 8 bits without a word, so the file itself is asked."""
    if image.format == "PNG":
        return content[_PNG_BITS_AT] == 16
    if image.format == "TIFF":
        tags: Any = image.getexif()
        bits = tags.get(_TIFF_BITS, 8)
        return int(np.max(bits)) > 8
    return image.mode.startswith(("I", "F"))


def _to_8_bit(content: bytes, image: Image.Image) -> Image.Image:
    if _is_deep(content, image):
        return Image.fromarray(_scale_deep(content))
    if _is_see_through(image):
        colour = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", colour.size, "white"), colour).convert("RGB")
    return image if image.mode in ("L", "RGB") else image.convert("RGB")


def _scale_deep(content: bytes) -> UInt8[np.ndarray, "h w *channels"]:
    """Grey or RGB, scaled by its own depth: 8, 10, 12 or 16 bits, whichever its brightest pixel needs.

    Floating-point pixels that stay within 1 are fractions of white.
    """
    deep = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    if deep is None:
        raise DecodeError("its deep pixels cannot be read")
    pixels = np.nan_to_num(deep[..., 2::-1] if deep.ndim == 3 else deep, posinf=0, neginf=0).astype(np.float32)
    brightest = float(pixels.max())
    whites = [1.0] * (deep.dtype.kind == "f") + [2.0**bits - 1 for bits in (8, 10, 12, 16)]
    full = next((white for white in whites if brightest <= white), brightest)
    scaled = pixels * (255.0 / full)
    if deep.ndim == 3 and deep.shape[2] == 4:
        opacity = deep[..., 3:].astype(np.float32) / (2**16 - 1)
        scaled = opacity * scaled + (1 - opacity) * 255
    return np.asarray(np.clip(scaled, 0, 255).round().astype(np.uint8))


def describe(content: bytes) -> Float[np.ndarray, "D"]:
    """A small grey thumbnail as a vector, brightness and contrast taken out: what images are told apart by."""
    grey = _read_grey(content)
    if grey is None:
        raise DecodeError("its pixels cannot be read")
    small = cv2.resize(grey, (_THUMBNAIL, _THUMBNAIL), interpolation=cv2.INTER_AREA).astype(np.float32).ravel()
    return np.asarray((small - small.mean()) / (small.std() + 1e-6))


def _read_grey(content: bytes) -> UInt8[np.ndarray, "h w"] | None:
    """Its pixels at a quarter of the size, or None where OpenCV, which cuts the crops, cannot read them."""
    encoded = np.frombuffer(content, np.uint8)
    try:
        return cv2.imdecode(encoded, cv2.IMREAD_REDUCED_GRAYSCALE_4)
    except cv2.error:  # under 4 px across, nothing is left to read
        return cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE)
