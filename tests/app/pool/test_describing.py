"""What tells images apart before any network has spoken."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from app.pool.describing import describe
from sspcm.images.reading import decode, read_grey


def encoded(suffix: str, pixels: np.ndarray) -> bytes:
    return cv2.imencode(suffix, pixels)[1].tobytes()


def saved(image: Image.Image, kind: str) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


def described(content: bytes) -> np.ndarray:
    grey = read_grey(content)
    assert grey is not None
    return describe(grey)


def test_a_description_ignores_brightness_but_not_what_is_shown() -> None:
    wedge = np.tile(np.linspace(60, 120, 128, dtype=np.uint8), (128, 1))
    plain, brighter, mirrored = (described(encoded(".png", pixels)) for pixels in (wedge, wedge + 40, wedge[:, ::-1]))
    assert np.abs(plain - brighter).max() < 0.2
    assert np.abs(plain - mirrored).max() > 1


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("size", [(1, 1), (3, 2), (500, 1)])
def test_an_image_of_a_few_pixels_is_described_too(size: tuple[int, int], kind: str) -> None:
    assert described(decode(saved(Image.new("RGB", size), kind)).content).shape == (256,)
