"""Predictions land in image pixels."""

import cv2
import numpy as np
import pytest
import torch
from torch import nn

from sspcm.config import ModelConfig
from sspcm.crops.store import CropSpec, CropStore, Frame, crop_spec
from sspcm.cutting import CropError
from sspcm.fisheye import LensCircle
from sspcm.method.views import IMAGENET_MEAN, IMAGENET_STD
from sspcm.models.predict import predict_persons
from sspcm.networks.pose_network import PoseNetwork
from sspcm.pose import Box


class FindsBrightness(PoseNetwork):
    """A network of one keypoint: where the crop is bright."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        brightness = images[:, :1] * IMAGENET_STD[0] + IMAGENET_MEAN[0]
        smooth = nn.functional.conv2d(brightness, self.blob()[None, None], padding=12)
        return smooth[:, :, ::4, ::4]

    def blob(self) -> torch.Tensor:
        offsets = torch.arange(25.0) - 12
        return torch.exp(-(offsets[None] ** 2 + offsets[:, None] ** 2) / 50) / 30


def test_a_bright_dot_is_found_at_its_image_pixels_through_a_turned_crop(tmp_path):
    image = np.zeros((300, 400, 3), np.uint8)
    cv2.circle(image, (103, 214), 3, (255, 255, 255), -1)
    assert cv2.imwrite(str(tmp_path / "a.png"), image)
    model = ModelConfig(input_height=96, input_width=96)
    boxes = [Box(70, 180, 60, 70), Box(60, 190, 80, 60, 25)]
    specs = [crop_spec(tmp_path / "a.png", box, LensCircle(200, 150, 200), model) for box in boxes]
    crops = CropStore(specs, Frame(96, 96), threads=1)
    network = FindsBrightness()
    found = predict_persons({"C": network}, crops, batch=1, device=torch.device("cpu"))["C"]
    assert found.shape == (2, 1, 3)
    assert np.abs(found[:, 0, :2] - [103, 214]).max() < 0.5
    assert ((found[..., 2] > 0) & (found[..., 2] <= 1)).all()
    assert network.training


class TellsLeftFromRight(FindsBrightness):
    """Two keypoints, and a third that means nothing: the left one is the dot in the crop's right half."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        bright = super().forward(images)
        right_half = torch.arange(bright.shape[-1]) >= bright.shape[-1] / 2
        return torch.cat((bright * right_half, bright * ~right_half, torch.rand_like(bright)), dim=1)


@pytest.fixture
def two_dots(tmp_path) -> CropStore:
    """A crop with smooth dots at (30.3, 41) and (69.1, 50.6), of which the file holds every pixel."""
    rows, columns = np.mgrid[:96, :96]
    image = sum(240 * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / 40) for x, y in ((30.3, 41.0), (69.1, 50.6)))
    assert cv2.imwrite(str(tmp_path / "dots.png"), np.repeat(image.round().astype(np.uint8)[..., None], 3, axis=2))
    return CropStore([CropSpec(tmp_path / "dots.png", np.eye(3))], Frame(96, 96), threads=1)


@pytest.mark.parametrize("flip", [False, True])
def test_the_flip_test_neither_moves_keypoints_nor_swaps_sides(two_dots, flip):
    found = predict_persons(
        {"C": TellsLeftFromRight()},
        two_dots,
        batch=1,
        device=torch.device("cpu"),
        decode="dark",
        flip=flip,
        mirror=np.array([1, 0]),
        keypoints=2,
    )["C"]
    assert found.shape == (1, 2, 3)
    assert np.abs(found[0, :, :2] - [[69.1, 50.6], [30.3, 41.0]]).max() < 0.02 * 4


def test_a_flip_test_without_a_mirror_is_refused(two_dots):
    with pytest.raises(ValueError, match="Pass mirror="):
        predict_persons({"C": FindsBrightness()}, two_dots, batch=1, device=torch.device("cpu"), flip=True)


def test_legacy_pixels_are_blue_first_with_reds_mean(tmp_path):
    image = np.full((96, 96, 3), (200, 10, 60), np.uint8)  # blue, green, red, as OpenCV writes
    assert cv2.imwrite(str(tmp_path / "plain.png"), image)
    crops = CropStore([CropSpec(tmp_path / "plain.png", np.eye(3))], Frame(96, 96), threads=1)
    seen = []

    class Watches(FindsBrightness):
        def forward(self, images: torch.Tensor) -> torch.Tensor:
            seen.append(images[0, 0, 48, 48].item())
            return super().forward(images)

    for pixels in ("correct", "legacy"):
        predict_persons({"C": Watches()}, crops, batch=1, device=torch.device("cpu"), pixels=pixels)
    assert seen == pytest.approx([(value / 255 - IMAGENET_MEAN[0]) / IMAGENET_STD[0] for value in (60, 200)])


def test_the_next_batch_is_read_while_the_networks_compute_and_none_beyond_it(tmp_path, monkeypatch):
    for number in range(5):
        dot = cv2.circle(np.zeros((96, 96, 3), np.uint8), (20 + 10 * number, 40), 3, (255, 255, 255), -1)
        assert cv2.imwrite(str(tmp_path / f"{number}.png"), dot)
    specs = [CropSpec(tmp_path / f"{number}.png", np.eye(3)) for number in range(5)]
    streamed, kept = (CropStore(specs, Frame(96, 96), threads=2, memory_budget=budget) for budget in (0, 2**30))
    told, requested, real = [], [], streamed.request

    def request(chosen):
        requested.append((len(told), len(chosen)))
        return real(chosen)

    monkeypatch.setattr(streamed, "request", request)
    one, other = (
        predict_persons({"C": FindsBrightness()}, crops, batch=2, device=torch.device("cpu"), show=show)["C"]
        for crops, show in ((streamed, told.append), (kept, lambda persons: None))
    )
    assert np.array_equal(one, other)
    assert told == [2, 2, 1]
    assert requested == [(0, 2), (0, 2), (1, 1)]  # batches done when it was asked for, and its size


def test_an_image_lost_since_stops_the_prediction_by_name(tmp_path):
    crops = CropStore([CropSpec(tmp_path / "gone.png", np.eye(3))], Frame(96, 96), threads=1, memory_budget=0)
    with pytest.raises(CropError, match=r"gone\.png"):
        predict_persons({"C": FindsBrightness()}, crops, batch=1, device=torch.device("cpu"))


def test_nobody_to_predict_is_no_error():
    crops = CropStore([], Frame(96, 96), threads=1)
    found = predict_persons({"C": FindsBrightness()}, crops, batch=2, device=torch.device("cpu"), keypoints=1)
    assert found["C"].shape == (0, 1, 3)
