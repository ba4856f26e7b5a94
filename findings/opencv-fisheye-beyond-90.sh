#!/usr/bin/env bash
# opencv-python-headless 5.0.0.93 and 4.12.0.88
# Surprise: cv2.fisheye.projectPoints folds rays beyond 90 degrees to the OPPOSITE side of the image (100 degrees to the right
#   lands at u = -139.6), and undistortPoints of a pixel seen at 120 degrees answers x = 2e16. Neither fails nor warns.
# Hurts: ceiling fisheyes see 180 to 220 degrees; keypoints near the rim are mirrored or sent to infinity.
# Here: cv2.fisheye is not used; a person is turned about the lens centre in the image plane, which no angle breaks.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

for version in 5.0.0.93 4.12.0.88; do
    need opencv-python-headless=="$version" numpy==2.2.6
    "$PY" - <<'PYTHON'
import cv2
import numpy as np
from seen import expect

camera, lens = np.diag([100.0, 100.0, 1.0]), np.zeros(4)
angle = np.radians(100)
ray = np.array([[[np.sin(angle), 0.0, np.cos(angle)]]])
u = cv2.fisheye.projectPoints(ray, np.zeros(3), np.zeros(3), camera, lens)[0][0, 0, 0]
expect(f"{cv2.__version__}: u of a ray 100 degrees to the right (equidistant, f = 100: 174.5)", round(float(u), 1), -139.6)
pixel = np.array([[[100 * np.radians(120), 0.0]]])
x = cv2.fisheye.undistortPoints(pixel, camera, lens)[0, 0, 0]
expect(f"{cv2.__version__}: x of the pixel seen at 120 degrees is beyond 1e6", bool(abs(x) > 1e6), True)
PYTHON
done
