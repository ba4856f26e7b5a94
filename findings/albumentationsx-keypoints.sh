#!/usr/bin/env bash
# albumentationsx 2.5.1
# Surprise: keypoints are pixel centres everywhere: a resize by half takes (10, 10) to (4.75, 4.75) and (0, 0) to
#   (-0.25, -0.25), a flip takes x to W - 1 - x. torchvision's resize takes the same points to (5, 5) and (0, 0).
# Hurts: one data set trained with either library differs by a quarter of a pixel at half size, three eighths at a quarter;
#   labels at the very edge turn negative and are refused by tools that want 0 to W.
# Here: the same convention (pixel centres), in crops, heatmaps and decoders.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need torch==2.14.1 torchvision==0.29.1 ultralytics==8.4.190 albumentationsx==2.5.1 opencv-python-headless==5.0.0.93
export NO_ALBUMENTATIONS_UPDATE=1

"$PY" - <<'PYTHON'
import albumentations
import numpy as np
from seen import expect


def moved(transform, *xy):
    params = albumentations.KeypointParams(coord_format="xy", remove_invisible=False)
    image = np.zeros((100, 200, 3), np.uint8)
    keypoints = np.array(xy, dtype=float)
    composed = albumentations.Compose([transform], keypoint_params=params)
    return np.asarray(composed(image=image, keypoints=keypoints)["keypoints"]).tolist()


expect("x = 0 flipped in 200 px", moved(albumentations.HorizontalFlip(p=1), (0, 5)), [[199.0, 5.0]])
resized = moved(albumentations.Resize(height=50, width=100, p=1), (0, 0), (10, 10))
expect("(0, 0) and (10, 10) at half the size", resized, [[-0.25, -0.25], [4.75, 4.75]])
PYTHON
