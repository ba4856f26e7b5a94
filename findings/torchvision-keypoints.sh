#!/usr/bin/env bash
# torchvision 0.29.1 (transforms.v2, tv_tensors.KeyPoints)
# Surprise: keypoints have three conventions in one library. A flip takes pixel centres (x becomes W - 1 - x) while boxes go
#   to W - x; a resize takes corners, so (0, 0) stays; rotating by 90 degrees moves a keypoint one pixel off the pixel it
#   was on; elastic with no displacement cuts 2.5 down to 2.
# Hurts: up to a pixel of error on augmented views, and different on each: worse than what subpixel decoders gain.
# Here: crops and views are one affine matrix for image and keypoints both; a flip is exact about pixel centres.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need torch==2.14.1 torchvision==0.29.1 ultralytics==8.4.190 albumentationsx==2.5.1 opencv-python-headless==5.0.0.93

"$PY" - <<'PYTHON'
import torch
from seen import expect
from torchvision import tv_tensors
from torchvision.transforms.v2 import functional as transforms


def points(*xy, size):
    return tv_tensors.KeyPoints([list(map(float, pair)) for pair in xy], canvas_size=size)


wide = points((0, 5), (10, 10), size=(100, 200))
expect("x = 0 flipped in 200 px", transforms.horizontal_flip(wide)[0, 0].item(), 199.0)
box = tv_tensors.BoundingBoxes([[0.0, 0.0, 10.0, 10.0]], format="XYXY", canvas_size=(100, 200))
expect("a box 0 to 10 flipped", transforms.horizontal_flip(box)[0, ::2].tolist(), [190.0, 200.0])
half = transforms.resize(points((0, 0), (10, 10), size=(100, 200)), [50, 100])
expect("(0, 0) and (10, 10) at half the size", half.tolist(), [[0.0, 0.0], [5.0, 5.0]])
image = torch.zeros(1, 5, 5)
image[0, 2, 4] = 1
pixel = transforms.rotate(image, 90).nonzero()[0, 1:].flip(0).tolist()
expect("the pixel (4, 2) of 5 x 5 turned by 90 degrees", pixel, [2, 0])
turned = transforms.rotate(points((4, 2), (2, 2), size=(5, 5)), 90).tolist()
expect("the keypoints (4, 2) and (2, 2) turned by 90 degrees", turned, [[2.0, 1.0], [2.0, 3.0]])
still = transforms.elastic(points((2.5, 2.5), size=(5, 5)), torch.zeros(1, 5, 5, 2)).tolist()
expect("(2.5, 2.5) after elastic without displacement", still, [[2.0, 2.0]])
PYTHON
