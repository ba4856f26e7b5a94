"""Image files of any kind, made into 8-bit images that a browser and OpenCV see alike."""

import io
from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float, UInt8
from PIL import Image, ImageOps, UnidentifiedImageError

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")
_KEPT = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp"}
_EXIF_ORIENTATION = 274
_THUMBNAIL = 16


class DecodeError(ValueError):
    """Bytes that are no image, or a broken one."""


@dataclass(frozen=True)
class DecodedImage:
    """Bytes to store and their size. file_size: the size before the EXIF turn, if the image was turned."""

    content: bytes
    suffix: str
    width: int
    height: int
    file_size: tuple[int, int]


def decode(content: bytes) -> DecodedImage:
    """The image as it is stored: EXIF turned once, 8 bits, no transparency. Fit bytes are kept as they are.

    Raises DecodeError saying what is wrong.
    """
    try:
        with Image.open(io.BytesIO(content)) as image:
            image.load()
            return _normalise(content, image)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise DecodeError(f"not a whole image ({error})") from error


def _normalise(content: bytes, image: Image.Image) -> DecodedImage:
    turned = image.getexif().get(_EXIF_ORIENTATION, 1) != 1
    plain = image.mode in ("L", "RGB") or (image.mode == "P" and "transparency" not in image.info)
    suffix = _KEPT.get(image.format or "")
    if suffix and plain and not turned:
        return DecodedImage(content, suffix, image.width, image.height, image.size)
    upright = ImageOps.exif_transpose(_to_8_bit(content, image, turned=turned))
    buffer = io.BytesIO()
    if image.format == "JPEG":
        upright.save(buffer, "JPEG", quality=95, subsampling=0)
        return DecodedImage(buffer.getvalue(), ".jpg", upright.width, upright.height, image.size)
    upright.save(buffer, "PNG")
    return DecodedImage(buffer.getvalue(), ".png", upright.width, upright.height, image.size)


def _to_8_bit(content: bytes, image: Image.Image, *, turned: bool) -> Image.Image:
    if image.mode in ("L", "RGB"):
        return image
    if image.mode.startswith(("I", "F")):
        grey = Image.fromarray(_scale_deep(content))
        if turned:
            grey.getexif()[_EXIF_ORIENTATION] = image.getexif()[_EXIF_ORIENTATION]
        return grey
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        colour = image.convert("RGBA")
        white = Image.new("RGBA", colour.size, "white")
        flat = Image.alpha_composite(white, colour).convert("RGB")
        flat.getexif().update(image.getexif())
        return flat
    return image.convert("RGB")


def _scale_deep(content: bytes) -> UInt8[np.ndarray, "h w"]:
    """Grey of more than 8 bits, scaled by its own depth: 10, 12 or 16 bits, whichever its brightest pixel needs."""
    deep = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    if deep is None:
        raise DecodeError("its deep pixels cannot be read")
    grey = deep[..., :3].mean(-1) if deep.ndim == 3 else deep
    brightest = float(grey.max())
    full = next((2**bits - 1 for bits in (8, 10, 12, 16) if brightest <= 2**bits - 1), brightest)
    return np.asarray(np.clip(grey * (255.0 / full), 0, 255).round().astype(np.uint8))


def describe(content: bytes) -> Float[np.ndarray, "D"]:
    """A small grey thumbnail as a vector, brightness and contrast taken out: what images are told apart by."""
    grey = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_REDUCED_GRAYSCALE_4)
    if grey is None:
        raise DecodeError("its pixels cannot be read")
    small = cv2.resize(grey, (_THUMBNAIL, _THUMBNAIL), interpolation=cv2.INTER_AREA).astype(np.float64).ravel()
    return np.asarray((small - small.mean()) / (small.std() + 1e-6))
