"""Crops of persons, whatever their images look like."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from sspcm.config import ModelConfig
from sspcm.crops.store import CropSpec, CropStore, Frame, crop_spec, cut
from sspcm.fisheye import LensCircle
from sspcm.geometry import apply, scaling, translation
from sspcm.pose import Box

MODEL = ModelConfig(input_height=64, input_width=32)


def write(path: Path, image: np.ndarray) -> Path:
    assert cv2.imwrite(str(path), image)
    return path


def test_a_point_comes_back_exactly_from_its_crop():
    spec = crop_spec(Path("a.png"), Box(30, 200, 80, 50, 15), LensCircle(320, 320, 320), MODEL)
    xy = np.array([[33.3, 210.7], [0.0, 0.0]])
    assert np.allclose(spec.to_image(spec.to_crop(xy)), xy, atol=1e-9)


def test_orientation_image_ignores_the_lens():
    box, lens = Box(10, 300, 40, 80), LensCircle(320, 320, 320)
    upright = crop_spec(Path("a"), box, lens, ModelConfig(input_height=64, input_width=32, orientation="image"))
    assert np.array_equal(upright.matrix, crop_spec(Path("a"), box, None, MODEL).matrix)
    assert not np.allclose(upright.matrix, crop_spec(Path("a"), box, lens, MODEL).matrix)


@pytest.mark.parametrize("size", [(64, 32), (96, 96), (256, 192)])
def test_the_stored_crop_holds_the_input_in_its_middle(size):
    frame = Frame(*size)
    dx, dy = frame.shift
    image = np.random.default_rng(0).integers(0, 256, (400, 400, 3), dtype=np.uint8)
    stored = cut(image, np.eye(3), frame)
    assert stored.shape == (frame.stored_height, frame.stored_width, 3)
    assert np.array_equal(stored[dy : dy + size[0], dx : dx + size[1]], image[: size[0], : size[1]])
    assert stored[0, 0].tolist() == [124, 116, 104]  # outside the image: ImageNet's mean


def test_a_large_person_shrinks_without_aliasing():
    stripes = np.zeros((800, 800, 3), np.uint8)
    stripes[:, ::2] = 255
    crop = cut(stripes, scaling(0.11), Frame(64, 64))
    dx, dy = Frame(64, 64).shift
    middle = crop[dy + 8 : dy + 56, dx + 8 : dx + 56].astype(float)
    assert middle.std() < 12
    assert abs(middle.mean() - 127.5) < 4


@pytest.mark.parametrize("gain", [0.11, 0.24, 0.49, 0.6])
def test_halving_moves_nothing(gain):
    columns, rows = np.arange(1024), np.arange(1024)[:, None]
    dot = 255 * np.exp(-((columns - 501.3) ** 2 + (rows - 403.7) ** 2) / (2 * (6 / gain) ** 2))
    image = np.repeat(dot.astype(np.uint8)[..., None], 3, axis=2)
    matrix = translation(32, 32) @ scaling(gain) @ translation(-500, -400)
    frame = Frame(64, 64)
    dx, dy = frame.shift
    crop = cut(image, matrix, frame)[dy : dy + 64, dx : dx + 64, 0].astype(float)
    found = np.array([(crop * np.arange(64)).sum(), (crop * np.arange(64)[:, None]).sum()]) / crop.sum()
    assert np.abs(found - apply(matrix, np.array([501.3, 403.7]))).max() < 0.05


def test_streamed_crops_equal_kept_ones_in_any_order(tmp_path):
    specs = []
    for number in range(4):
        image = np.random.default_rng(number).integers(0, 256, (90, 90, 3), dtype=np.uint8)
        path = write(tmp_path / f"{number}.png", image)
        specs += [CropSpec(path, np.eye(3)), CropSpec(path, scaling(0.7))]
    kept = CropStore(specs, Frame(32, 32), threads=2)
    streamed = CropStore(specs, Frame(32, 32), threads=2, memory_budget=0)
    assert streamed.streams and not kept.streams
    order = [5, 0, 7, 0, 2]
    with streamed.opened():
        assert torch.equal(kept.request(order).result(), streamed.request(order).result())
    assert torch.equal(kept.request(order).result(), streamed.request(order).result())


def test_no_persons_make_an_empty_store():
    assert len(CropStore([], Frame(32, 32), threads=1)) == 0
