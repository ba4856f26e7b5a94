"""Images of any kind are read as RGB, and crops are cut out of them."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from sspcm.cutting import OUTSIDE, CropError, read_image, warp
from sspcm.geometry import scaling, translation


def write(path: Path, image: np.ndarray) -> Path:
    assert cv2.imwrite(str(path), image)
    return path


@pytest.mark.parametrize("name", ["a.png", "b.webp", "c.jpg", "d.tiff"])
def test_colour_images_are_read_as_rgb(tmp_path, name):
    image = np.zeros((20, 30, 3), np.uint8)
    image[..., 2] = 200  # cv2 writes blue, green, red
    red = read_image(write(tmp_path / name, image))
    assert red.shape == (20, 30, 3)
    assert abs(int(red[10, 10, 0]) - 200) < 5
    assert red[10, 10, 2] < 5


def test_grey_and_16_bit_images_become_rgb_bytes(tmp_path):
    assert read_image(write(tmp_path / "grey.png", np.full((9, 9), 77, np.uint8)))[0, 0].tolist() == [77, 77, 77]
    deep = read_image(write(tmp_path / "deep.png", np.full((9, 9), 0x8000, np.uint16)))
    assert deep.dtype == np.uint8
    assert deep[0, 0].tolist() == [128, 128, 128]


def test_a_missing_or_broken_image_is_named(tmp_path):
    with pytest.raises(CropError, match=r"gone\.png.*import it anew"):
        read_image(tmp_path / "gone.png")
    (tmp_path / "broken.jpg").write_bytes(b"not an image")
    with pytest.raises(CropError, match=r"broken\.jpg holds no image"):
        read_image(tmp_path / "broken.jpg")


def test_a_crop_shows_what_its_matrix_says_and_the_mean_colour_outside_the_image():
    image = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    crop = warp(image, translation(-5.0, -2.0), height=30, width=10)
    np.testing.assert_array_equal(crop[:18], image[2:, 5:15])
    assert crop[-1, 0].tolist() == [round(value) for value in OUTSIDE]


def test_a_small_person_is_enlarged_and_a_large_one_is_smoothed():
    stripes = np.zeros((200, 200, 3), np.uint8)
    stripes[:, ::2] = 200
    assert set(np.unique(warp(stripes, scaling(1.0), height=50, width=50))) == {0, 200}
    smoothed = warp(stripes, scaling(0.2), height=40, width=40)[5:35, 5:35].astype(float)
    assert smoothed.std() < 12 and abs(smoothed.mean() - 100) < 4
