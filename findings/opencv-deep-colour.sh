#!/usr/bin/env bash
# opencv-python-headless 5.0.0.93
# Surprise: cv2.imread of a 16-bit PNG keeps the upper 8 bits. Cameras that store 10 or 12 bits in such a file use the lower
#   ones, so 12-bit data become at most 15 of 255: a nearly black picture without a warning.
# Hurts: a network trained through OpenCV sees night where the annotator saw day; keypoints moved by up to 28 px in a trial.
# Here: application and `sspcm` share one decoder that scales by the depth in use (8, 10, 12 or 16 bits).
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need opencv-python-headless==5.0.0.93 numpy==2.2.6

"$PY" - <<'PYTHON'
import cv2
import numpy as np
from seen import expect

for value, wanted in ((300, 1), (4095, 15), (65535, 255)):
    cv2.imwrite("deep.png", np.full((4, 4), value, np.uint16))
    expect(f"grey {value} of a 16-bit PNG, IMREAD_COLOR", int(cv2.imread("deep.png", cv2.IMREAD_COLOR).max()), wanted)
    expect("the same, IMREAD_UNCHANGED", int(cv2.imread("deep.png", cv2.IMREAD_UNCHANGED).max()), value)
PYTHON
