"""Whatever an image file holds, a browser and OpenCV get the same 8-bit pixels."""

import io
import itertools
import os
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jaxtyping import UInt8
from PIL import Image

from sspcm.images.limits import Limits
from sspcm.images.reading import DecodedImage, DecodeError, decode, read_pixels

ORIENTATION = 274


def saved(image: Image.Image, kind: str, *, exif: int = 1, **more: object) -> bytes:
    tags = Image.Exif()
    tags[ORIENTATION] = exif
    buffer = io.BytesIO()
    image.save(buffer, kind, exif=tags, **more)
    return buffer.getvalue()


def encoded(suffix: str, pixels: np.ndarray) -> bytes:
    return cv2.imencode(suffix, pixels)[1].tobytes()


def seen_by_cv2(decoded: DecodedImage) -> UInt8[np.ndarray, "h w 3"]:
    """Red first."""
    return np.asarray(cv2.imdecode(np.frombuffer(decoded.content, np.uint8), cv2.IMREAD_COLOR))[..., ::-1]


def seen_by_a_browser(decoded: DecodedImage) -> UInt8[np.ndarray, "h w 3"]:
    """Turned as EXIF asks, laid on black: as a page with a dark background shows it."""
    with Image.open(io.BytesIO(decoded.content)) as image:
        upright = image.convert("RGBA")
        black = Image.new("RGBA", upright.size, "black")
        return np.asarray(Image.alpha_composite(black, upright).convert("RGB"))


def quarters() -> Image.Image:
    """Red, green, blue and white quarters of 32 x 16 px in all."""
    colours = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [255, 255, 255]]], np.uint8)
    return Image.fromarray(colours.repeat(8, axis=0).repeat(16, axis=1))


def corners(pixels: UInt8[np.ndarray, "h w 3"]) -> list[str]:
    """The colours of the corners, clockwise from the top left."""
    names = {(True, False, False): "red", (False, True, False): "green", (False, False, True): "blue"}
    return [names.get(tuple((pixels[y, x] > 127).tolist()), "white") for y, x in ((1, 1), (1, -2), (-2, -2), (-2, 1))]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize(
    ("exif", "clockwise"),
    [
        (1, ["red", "green", "white", "blue"]),
        (2, ["green", "red", "blue", "white"]),
        (3, ["white", "blue", "red", "green"]),
        (4, ["blue", "white", "green", "red"]),
        (5, ["red", "blue", "white", "green"]),
        (6, ["blue", "red", "green", "white"]),
        (7, ["white", "green", "red", "blue"]),
        (8, ["green", "white", "blue", "red"]),
    ],
)
def test_an_exif_turn_is_carried_out_once(exif: int, clockwise: list[str], kind: str) -> None:
    decoded = decode(saved(quarters(), kind, exif=exif))
    assert (decoded.width, decoded.height) == ((16, 32) if exif > 4 else (32, 16))
    assert decoded.file_size == (32, 16)
    assert corners(seen_by_cv2(decoded)) == clockwise
    with Image.open(io.BytesIO(decoded.content)) as image:
        assert image.getexif().get(ORIENTATION, 1) == 1
    assert decode(decoded.content).content == decoded.content


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
@pytest.mark.parametrize("exif", range(1, 9))
def test_deep_images_are_turned_like_others(exif: int, kind: str) -> None:
    grey = np.array([[1, 2, 3], [4, 5, 6]], np.uint16)
    deep, shallow = (decode(saved(Image.fromarray(g), kind, exif=exif)) for g in (grey * 10_922, grey.astype(np.uint8)))
    assert deep.file_size == shallow.file_size == (3, 2)
    assert np.array_equal(seen_by_cv2(deep).astype(int) // 42, seen_by_cv2(shallow))


@pytest.mark.parametrize("exif", [0, 9, 6000])
def test_an_orientation_that_exif_does_not_know_asks_for_nothing(exif: int) -> None:
    content = saved(quarters(), "JPEG", exif=exif)
    assert decode(content).content == content


@pytest.mark.parametrize(
    ("mode", "kind"), [("L", "JPEG"), ("RGB", "WEBP"), ("L", "PNG"), ("RGB", "JPEG"), ("P", "PNG")]
)
def test_bytes_that_fit_are_kept_as_they_are(mode: str, kind: str) -> None:
    content = saved(quarters().resize((2048, 1024)).convert(mode), kind)
    decoded = decode(content)
    assert decoded.content == content
    assert (decoded.width, decoded.height) == (2048, 1024)


@pytest.mark.parametrize("suffix", [".png", ".tiff"])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("bits", [10, 12, 16])
def test_deep_pixels_are_scaled_by_their_own_depth(bits: int, channels: int, suffix: str) -> None:
    white = 2**bits - 1
    deep = np.linspace(0, white, 40 * 40 * channels).reshape(40, 40, channels).astype(np.uint16)
    shown = seen_by_cv2(decode(encoded(suffix, deep)))
    wanted = np.broadcast_to(deep / white * 255, (40, 40, 3))[..., ::-1]
    assert np.abs(shown - wanted).max() <= 0.51
    assert shown.max() == 255


def test_fractions_of_white_are_scaled_too() -> None:
    fractions = np.linspace(0, 1, 64, dtype=np.float32).reshape(8, 8)
    shown = seen_by_cv2(decode(encoded(".tiff", fractions)))
    assert np.abs(shown[..., 0] - fractions * 255).max() <= 0.51


@pytest.mark.parametrize("deep", [False, True])
def test_what_is_transparent_becomes_white(deep: bool) -> None:
    pixels = np.zeros((8, 8, 4), np.uint16 if deep else np.uint8)
    pixels[..., 2], pixels[:4, :, 3] = (65535, 65535) if deep else (255, 255)
    shown = seen_by_cv2(decode(encoded(".png", pixels)))
    assert (shown[:4] == (255, 0, 0)).all()
    assert (shown[4:] == 255).all()


def test_a_colour_marked_as_transparent_becomes_white() -> None:
    content = saved(quarters(), "PNG", transparency=(255, 0, 0))
    assert corners(seen_by_cv2(decode(content))) == ["white", "green", "white", "blue"]


def test_an_animation_becomes_its_first_frame() -> None:
    others = [Image.new("RGB", (32, 16), "black")]
    decoded = decode(saved(quarters(), "WEBP", save_all=True, append_images=others, lossless=True))
    assert corners(seen_by_cv2(decoded)) == ["red", "green", "white", "blue"]
    with Image.open(io.BytesIO(decoded.content)) as image:
        assert getattr(image, "n_frames", 1) == 1


@given(
    mode=st.sampled_from(["1", "L", "LA", "P", "RGB", "RGBA", "I;16"]),
    kind=st.sampled_from(["PNG", "TIFF"]),
    exif=st.integers(1, 8),
    size=st.tuples(st.integers(1, 9), st.integers(1, 9)),
    grain=st.integers(0, 2**32 - 1),
)
def test_browser_and_opencv_see_alike(mode: str, kind: str, exif: int, size: tuple[int, int], grain: int) -> None:
    rng = np.random.default_rng(grain)
    if mode == "I;16":
        image = Image.fromarray(rng.integers(0, 2**16, size[::-1], dtype=np.uint16))
    else:
        image = Image.fromarray(rng.integers(0, 256, (*size[::-1], 4), dtype=np.uint8)).convert(mode)
    decoded = decode(saved(image, kind, exif=exif))
    assert np.array_equal(seen_by_cv2(decoded), seen_by_a_browser(decoded))


@pytest.mark.parametrize("content", [b"", b"no image", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0"])
def test_what_is_no_image_is_refused(content: bytes) -> None:
    with pytest.raises(DecodeError, match="not a whole image"):
        decode(content)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_an_image_cut_short_is_refused(kind: str) -> None:
    grain = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    content = saved(Image.fromarray(grain), kind)
    with pytest.raises(DecodeError, match="not a whole image"):
        decode(content[: len(content) // 2])


def test_what_opencv_cannot_read_is_written_anew() -> None:
    grain = np.random.default_rng(0).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    decoded = decode(saved(Image.fromarray(grain), "PNG")[:-4])  # every pixel is there, the last chunk is not
    assert np.array_equal(seen_by_cv2(decoded), grain)


KINDS = ["JPEG", "MPO", "PNG", "WEBP", "TIFF", "BMP", "GIF"]
MODES = ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "I", "F"]


def grainy(mode: str, size: tuple[int, int], grain: int) -> Image.Image:
    rng = np.random.default_rng(grain)
    shape = size[::-1]
    deep = {
        "I;16": lambda: rng.integers(0, 2**12, shape, dtype=np.uint16),
        "I": lambda: rng.integers(0, 2**16, shape, dtype=np.int32),
        "F": lambda: rng.random(shape, dtype=np.float32),
    }
    if mode in deep:
        return Image.fromarray(deep[mode]())
    colour = Image.fromarray(rng.integers(0, 256, (*shape, 4), dtype=np.uint8))
    return colour.convert("RGB").convert(mode) if mode == "CMYK" else colour.convert(mode)


def saved_if_it_can_be(image: Image.Image, kind: str, exif: int) -> bytes | None:
    try:
        return saved(image, kind, exif=exif, **({"save_all": True, "append_images": [image]} if kind == "MPO" else {}))
    except (OSError, ValueError, DeprecationWarning):  # no file of this kind holds this mode
        return None


@pytest.mark.parametrize("kind", KINDS)
def test_training_on_a_file_sees_what_its_import_would_show(kind: str) -> None:
    compared = set()
    for mode, exif, size in itertools.product(MODES, range(1, 9), ((7, 5), (40, 24), (1, 1))):
        content = saved_if_it_can_be(grainy(mode, size, exif), kind, exif)
        if content is not None:
            assert np.array_equal(read_pixels(content), seen_by_cv2(decode(content))), (mode, exif, size)
            compared.add(mode)
    assert {"L", "RGB"} <= compared


@given(
    mode=st.sampled_from(MODES),
    kind=st.sampled_from(KINDS),
    exif=st.integers(0, 9),
    size=st.tuples(st.integers(1, 33), st.integers(1, 33)),
    grain=st.integers(0, 2**32 - 1),
)
def test_both_see_alike_whatever_the_size_and_the_turn(
    mode: str, kind: str, exif: int, size: tuple[int, int], grain: int
) -> None:
    content = saved_if_it_can_be(grainy(mode, size, grain), kind, exif)
    if content is not None:
        assert np.array_equal(read_pixels(content), seen_by_cv2(decode(content)))


def test_a_12_bit_image_is_as_bright_for_both_as_its_8_bit_twin() -> None:
    shallow = np.asarray(quarters())[..., ::-1]
    content = encoded(".png", (shallow.astype(np.uint32) * 4095 // 255).astype(np.uint16))
    assert np.array_equal(read_pixels(content), np.asarray(quarters()))
    assert np.array_equal(seen_by_cv2(decode(content)), np.asarray(quarters()))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_an_image_cut_short_is_refused_by_both(kind: str) -> None:
    content = saved(grainy("RGB", (64, 64), 0), kind)
    for share in (0.3, 0.6, 0.9):
        with pytest.raises(DecodeError, match="not a whole image"):
            read_pixels(content[: int(len(content) * share)])


def damaged_avif() -> bytes:
    buffer = io.BytesIO()
    grainy("RGB", (64, 64), 0).save(buffer, "AVIF")
    content = bytearray(buffer.getvalue())
    content[len(content) // 2 :] = bytes(len(content) - len(content) // 2)
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC: convert it to JPEG"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0", "a video: convert"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "PostScript"),
        (b"8BPS\0\1", "Photoshop"),
        (b"%PDF-1.7", "a PDF"),
        (b"\0\0\1\0\1\0", "an icon"),
        (b"BM only the beginning of a sentence", "of no kind that can be read here"),
    ],
)
def test_a_kind_that_is_not_read_is_told_with_the_way_out(content: bytes, says: str) -> None:
    for read in (decode, read_pixels):
        with pytest.raises(DecodeError, match=says):
            read(content)


def test_a_damaged_avif_is_one_refusal() -> None:
    with pytest.raises(DecodeError, match="AVIF: convert it to JPEG or PNG"):
        decode(damaged_avif())


def test_no_image_starts_a_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = tmp_path / "mark"
    stand_in = tmp_path / "gs"
    stand_in.write_text(f"#!/bin/sh\ntouch '{mark}'\n")
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    buffer = io.BytesIO()
    quarters().save(buffer, "EPS")
    for read in (decode, read_pixels):
        with pytest.raises(DecodeError, match="PostScript"):
            read(buffer.getvalue())
    assert not mark.exists()


@pytest.mark.parametrize("kind", ["ICO", "PCX", "DDS", "TGA", "PPM", "SGI", "JPEG2000", "ICNS", "BLP", "MSP", "XBM"])
def test_no_other_parser_of_pillow_meets_foreign_bytes(kind: str) -> None:
    buffer = io.BytesIO()
    image = grainy({"MSP": "1", "XBM": "1", "BLP": "P"}.get(kind, "RGB"), (32, 32), 0)
    image.save(buffer, kind)
    with pytest.raises(DecodeError, match="not a whole image"):
        decode(buffer.getvalue())


@pytest.mark.parametrize("kind", KINDS)
def test_an_image_over_the_limits_is_refused_before_its_pixels_are_made(kind: str) -> None:
    content = saved(grainy("L", (40, 30), 0), kind, **({"save_all": True} if kind == "MPO" else {}))
    with pytest.raises(DecodeError, match=r"40 x 30 px.*SSPCM_LARGEST_MEGAPIXELS"):
        decode(content, Limits(pixels=1199))
    with pytest.raises(DecodeError, match="SSPCM_LARGEST_IMAGE_MB"):
        decode(content, Limits(file_bytes=len(content) - 1))
    assert decode(content, Limits(pixels=1200, file_bytes=len(content))).width == 40


def png_that_says(width: int, height: int) -> bytes:
    """A PNG of a few bytes that declares as many pixels as it likes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [10_001, 13_000, 100_000, 2**31 - 1])
def test_a_bomb_is_told_by_its_header(side: int) -> None:
    with pytest.raises(DecodeError, match="megapixels; wanted at most 100"):
        decode(png_that_says(side, side))


def test_a_broken_remark_about_an_image_does_not_cost_the_image() -> None:
    content = saved(quarters(), "JPEG", exif=6)
    at = content.index(b"Exif")
    broken = content[: at + 6] + b"\xff" * 20 + content[at + 26 :]
    decoded = decode(broken)
    assert (decoded.width, decoded.height) == (32, 16)
    assert np.array_equal(read_pixels(broken), seen_by_cv2(decoded))


def test_a_raw_file_is_told_from_the_stamp_that_it_begins_with() -> None:
    buffer = io.BytesIO()
    quarters().save(buffer, "TIFF", tiffinfo={254: 1})
    with pytest.raises(DecodeError, match="raw file"):
        decode(buffer.getvalue())


def test_an_image_too_long_for_opencv_is_refused_in_words() -> None:
    with pytest.raises(DecodeError, match="40,000 x 2 px; wanted at most 32,766 px a side"):
        decode(saved(Image.new("L", (40_000, 2)), "PNG"))


@pytest.mark.parametrize(
    ("kind", "further"), [("TIFF", True), ("GIF", True), ("PNG", True), ("WEBP", True), ("MPO", False)]
)
def test_frames_and_pages_that_are_not_taken_are_told(kind: str, further: bool) -> None:
    pages = [Image.new("RGB", (40, 30), colour) for colour in ("red", "green")]
    assert decode(saved(pages[0], kind, save_all=True, append_images=pages[1:])).further == further
    if kind != "MPO":
        assert not decode(saved(pages[0], kind)).further
