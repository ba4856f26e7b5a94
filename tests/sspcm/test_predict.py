"""Predictions land in image pixels."""

import cv2
import numpy as np
import torch
from torch import nn

from sspcm.config import ModelConfig
from sspcm.crops import CropStore, Frame, crop_spec
from sspcm.fisheye import LensCircle
from sspcm.pose import Box
from sspcm.predict import predict_persons
from sspcm.views import IMAGENET_MEAN, IMAGENET_STD


class FindsBrightness(nn.Module):
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
