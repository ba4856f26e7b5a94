"""Image files of any kind, made into 8-bit images that a browser, OpenCV and every reader here see alike."""

import io
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from jaxtyping import UInt8
from PIL import BmpImagePlugin, GifImagePlugin, Image, JpegImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin

from sspcm.images.kinds import Kind, foreign_kind, image_kind
from sspcm.images.limits import UNLIMITED, USUAL, Limits

_OPENERS: dict[Kind, Callable[[io.BytesIO, str], Image.Image]] = {
    "JPEG": JpegImagePlugin.jpeg_factory,
    "PNG": PngImagePlugin.PngImageFile,
    "WebP": WebPImagePlugin.WebPImageFile,
    "BMP": BmpImagePlugin.BmpImageFile,
    "TIFF": TiffImagePlugin.TiffImageFile,
    "GIF": GifImagePlugin.GifImageFile,
}
"""Who reads what. Nothing else that Pillow knows is ever tried: foreign bytes in one more parser, or in Ghostscript."""
_KEPT = {"JPEG": ".jpg", "MPO": ".jpg", "PNG": ".png", "WEBP": ".webp"}
"""Formats whose bytes a browser and OpenCV can both read. MPO: a JPEG with further pictures behind it."""
_ENDS = {"JPEG": b"\xff\xd9", "MPO": b"\xff\xd9", "PNG": b"IEND\xaeB`\x82"}
"""What a file ends with that was not cut short."""
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
_TIFF_SUBFILE, _TIFF_BITS, _TIFF_RAW = 254, 258, 50706
_PNG_BITS_AT = 24
"""Where a PNG says how many bits a channel has: in its header chunk, always the first."""


class DecodeError(ValueError):
    """Bytes that are no image, a broken one, or one over the limits."""


@dataclass(frozen=True)
class DecodedImage:
    """Bytes to store and their size. file_size: (width, height) before the EXIF turn.

    further: whether the file holds more pictures, frames or pages, which are not taken.
    """

    content: bytes
    suffix: str
    width: int
    height: int
    file_size: tuple[int, int]
    further: bool = False


@dataclass(frozen=True, eq=False)
class _Opened:
    """A file whose header was read, and none of its pixels. orientation None: its EXIF cannot be read."""

    content: bytes
    image: Image.Image
    orientation: int | None


def decode(content: bytes, limits: Limits = USUAL) -> DecodedImage:
    """The image as it is stored: EXIF turned once, 8 bits a channel, no transparency. Fit bytes are kept as they are.

    What is transparent becomes white; an animation becomes its first frame. Raises DecodeError saying what is wrong.
    """
    with _open(content, limits) as opened:
        further = _has_further(opened.image)
        opened.image.load()
        suffix = _KEPT.get(opened.image.format or "")
        if _is_plain(opened) and _is_read_by_opencv(content):
            return DecodedImage(content, suffix or "", *opened.image.size, opened.image.size, further)
        upright = _make_upright(opened)
        file_size = upright.size[::-1] if opened.orientation in _ON_ITS_SIDE else upright.size
        if suffix == ".jpg":
            return DecodedImage(_jpeg(upright), ".jpg", *upright.size, file_size, further)
        buffer = io.BytesIO()
        upright.save(buffer, "PNG")
        return DecodedImage(buffer.getvalue(), ".png", *upright.size, file_size, further)


def read_pixels(content: bytes, limits: Limits = UNLIMITED) -> UInt8[np.ndarray, "H W 3"]:
    """Red, green and blue of what `decode` stores, to the bit, without storing it. Raises DecodeError as it does.

    Bytes that are plain already, as those of a home are, go to OpenCV after a look at their header.
    """
    with _open(content, limits) as opened:
        if _is_plain(opened) and _is_finished(opened):
            pixels = _read_by_opencv(content)
            if pixels is not None:
                return pixels
        opened.image.load()
        if _is_plain(opened) and _is_read_by_opencv(content):
            pixels = _read_by_opencv(content)
        elif opened.image.format in ("JPEG", "MPO"):
            pixels = _read_by_opencv(_jpeg(_make_upright(opened)))
        else:
            pixels = np.asarray(_make_upright(opened).convert("RGB"))
        if pixels is None:
            raise DecodeError("not a whole image (OpenCV cannot read its pixels)")
        return pixels


def check_bytes(file_bytes: int, limits: Limits) -> None:
    """Raise DecodeError for a file that is larger than what is read, before it is."""
    if file_bytes > limits.file_bytes:
        raise DecodeError(
            f"the file has {file_bytes / 1e6:,.0f} MB; wanted at most {limits.file_bytes / 1e6:,.0f} MB. "
            "Save it smaller, or raise SSPCM_LARGEST_IMAGE_MB"
        )


@contextmanager
def _open(content: bytes, limits: Limits) -> Iterator[_Opened]:
    """The file's header, checked against the limits. Whatever its decoder raises becomes a DecodeError."""
    kind = image_kind(content)
    if kind is None:
        foreign = foreign_kind(content)
        what = f"it is {foreign}: convert it to JPEG or PNG" if foreign else "of no kind that can be read here"
        raise DecodeError(f"not a whole image ({what})")
    try:
        check_bytes(len(content), limits)
        with _no_remarks(), _OPENERS[kind](io.BytesIO(content), "") as image:
            _check_pixels(image.size, limits)
            _check_is_no_raw_file(image)
            orientation = _orientation(content, image)  # before loading: Pillow turns a TIFF then, and forgets
            yield _Opened(content, image, orientation)
    except DecodeError:
        raise
    except Exception as error:  # of one file among many: Pillow's decoders raise what they like
        raise DecodeError(f"not a whole image ({str(error).rstrip('.') or type(error).__name__})") from error


@contextmanager
def _no_remarks() -> Iterator[None]:
    """Pillow remarks on odd files that it reads all the same. Several threads at once may leave it silent, no worse."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL\.")
        yield


def _check_pixels(size: tuple[int, int], limits: Limits) -> None:
    if size[0] * size[1] > limits.pixels:
        raise DecodeError(
            f"the image has {size[0]:,} x {size[1]:,} px, {size[0] * size[1] / 1e6:,.0f} megapixels; wanted at most "
            f"{limits.pixels / 1e6:,.0f}. Make it smaller, or raise SSPCM_LARGEST_MEGAPIXELS"
        )
    if max(size) > limits.side:
        raise DecodeError(
            f"the image has {size[0]:,} x {size[1]:,} px; wanted at most {limits.side:,} px a side. Cut it into pieces"
        )


def _check_is_no_raw_file(image: Image.Image) -> None:
    """Most cameras' raw files are TIFFs whose first picture is a stamp of the photograph."""
    tags: Any = getattr(image, "tag_v2", {})
    if _TIFF_RAW in tags or int(tags.get(_TIFF_SUBFILE, 0)) & 1:
        raise DecodeError("it is a camera's raw file, or begins with a small copy of itself: convert it to JPEG or PNG")


def _has_further(image: Image.Image) -> bool:
    """Of an MPO, phones' usual JPEG, the further pictures are depths or small copies: nobody misses those."""
    return image.format != "MPO" and bool(getattr(image, "is_animated", False))


def _orientation(content: bytes, image: Image.Image) -> int | None:
    if image.format == "PNG" and not _png_tells_of_a_turn(content):
        return 1  # Pillow would decode it all to look behind its pixels
    try:
        orientation = image.getexif().get(_ORIENTATION, 1)
        return orientation if isinstance(orientation, int) else 1
    except Exception:  # a broken remark about an image that may be whole
        return None


def _png_tells_of_a_turn(content: bytes) -> bool:
    """Whether any of its chunks may hold EXIF or XMP."""
    at = 8
    while at + 8 <= len(content):
        kind, told = content[at + 4 : at + 8], content[at + 8 : at + 40]
        if kind == b"eXIf" or (kind.endswith(b"Xt") and told.startswith((b"Raw profile type", b"XML:com.adobe"))):
            return True
        at += 12 + int.from_bytes(content[at : at + 4], "big")
    return False


def _is_plain(opened: _Opened) -> bool:
    """Whether its pixels mean the same to everybody: opaque, upright, 8 bits, one frame, of a kind that all read."""
    image = opened.image
    animated = image.format in ("PNG", "WEBP") and getattr(image, "n_frames", 1) > 1
    odd = animated or _is_see_through(image) or _is_deep(opened)
    upright = opened.orientation is not None and opened.orientation not in _TURNS
    return image.format in _KEPT and upright and image.mode in ("L", "RGB", "P") and not odd


def _is_finished(opened: _Opened) -> bool:
    """Whether its end is there, so that OpenCV, which fills up what is missing, need not be asked twice."""
    content, end = opened.content, _ENDS.get(opened.image.format or "")
    if end is None:
        return len(content) >= int.from_bytes(content[4:8], "little") + 8
    return content[-64:].rstrip(b"\0").endswith(end)


def _make_upright(opened: _Opened) -> Image.Image:
    """8-bit grey or colour, turned as EXIF asks, unless what read the pixels has done so: all turn a TIFF."""
    flat = _to_8_bit(opened)
    if opened.image.format == "TIFF" or opened.orientation not in _TURNS:
        return flat
    return flat.transpose(_TURNS[opened.orientation])


def _jpeg(upright: Image.Image) -> bytes:
    buffer = io.BytesIO()
    upright.save(buffer, "JPEG", quality=95, subsampling=0)
    return buffer.getvalue()


def _is_see_through(image: Image.Image) -> bool:
    return image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info


def _is_deep(opened: _Opened) -> bool:
    """More than 8 bits a channel. Pillow reads deep colour as 8 bits without a word, so the file itself is asked."""
    image = opened.image
    if image.format == "PNG":
        return opened.content[_PNG_BITS_AT] == 16
    if image.format == "TIFF":
        tags: Any = image.getexif()
        bits = tags.get(_TIFF_BITS, 8)
        return int(np.max(bits)) > 8
    return image.mode.startswith(("I", "F"))


def _to_8_bit(opened: _Opened) -> Image.Image:
    image = opened.image
    if _is_deep(opened):
        return Image.fromarray(_scale_deep(opened.content))
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


def _read_by_opencv(content: bytes) -> UInt8[np.ndarray, "H W 3"] | None:
    image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    return None if image is None else np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), dtype=np.uint8)


def _is_read_by_opencv(content: bytes) -> bool:
    return read_grey(content) is not None


def read_grey(content: bytes) -> UInt8[np.ndarray, "h w"] | None:
    """Stored pixels at a quarter of the size, or None where OpenCV, which cuts the crops, cannot read them."""
    encoded = np.frombuffer(content, np.uint8)
    try:
        return cv2.imdecode(encoded, cv2.IMREAD_REDUCED_GRAYSCALE_4)
    except cv2.error:  # under 4 px across, nothing is left to read
        return cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE)
