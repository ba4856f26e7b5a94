"""Whatever an image file holds, a browser and OpenCV get the same 8-bit pixels."""

import io

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jaxtyping import UInt8
from PIL import Image

from app.decoding import DecodedImage, DecodeError, decode, describe

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


def test_a_description_ignores_brightness_but_not_what_is_shown() -> None:
    wedge = np.tile(np.linspace(60, 120, 128, dtype=np.uint8), (128, 1))
    plain, brighter, mirrored = (describe(encoded(".png", pixels)) for pixels in (wedge, wedge + 40, wedge[:, ::-1]))
    assert np.abs(plain - brighter).max() < 0.2
    assert np.abs(plain - mirrored).max() > 1


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("size", [(1, 1), (3, 2), (500, 1)])
def test_an_image_of_a_few_pixels_is_described_too(size: tuple[int, int], kind: str) -> None:
    assert describe(decode(saved(Image.new("RGB", size), kind)).content).shape == (256,)


def test_what_opencv_cannot_read_is_written_anew() -> None:
    grain = np.random.default_rng(0).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    decoded = decode(saved(Image.fromarray(grain), "PNG")[:-4])  # every pixel is there, the last chunk is not
    assert np.array_equal(seen_by_cv2(decoded), grain)
    assert describe(decoded.content).shape == (256,)
