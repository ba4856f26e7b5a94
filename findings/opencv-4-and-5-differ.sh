#!/usr/bin/env bash
# opencv-python-headless 4.12.0.88 and 5.0.0.93
# Surprise: four answers of OpenCV that pose code relies on changed with 5.0. warpAffine and remap are exact now; 4.12 rounds
#   the sampling position to 1/32 px. minAreaRect's angle is in [-90, 0), in 4.12 in (0, 90]. A WebP is turned by its EXIF
#   field, in 4.12 it is not.
# Hurts: heatmap crops shift by up to 1/64 px, turned boxes of old code get their sides exchanged, and a phone's WebP lies on
#   its side in one version, so that all its keypoints are elsewhere.
# Here: OpenCV 5.0 is the oldest that is taken, and one decoder turns every image.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

for version in 4.12.0.88 5.0.0.93; do
    need opencv-python-headless=="$version" numpy==2.2.6 pillow==12.3.0
    VERSION=${version%%.*} "$PY" - <<'PYTHON'
import io
import os

import cv2
import numpy as np
from PIL import Image
from seen import expect

old = os.environ["VERSION"] == "4"
ramp = np.tile(np.arange(100, dtype=np.float32), (10, 1))


def warped(shift):
    move = np.float32([[1, 0, -shift], [0, 1, 0]])
    return round(float(cv2.warpAffine(ramp, move, (100, 10), flags=cv2.INTER_LINEAR)[5, 50]) - 50, 4)


expect(f"{cv2.__version__}: warpAffine of a ramp by .01 px", warped(0.01), 0.0 if old else 0.01)
expect(f"{cv2.__version__}: by .02 px", warped(0.02), 0.0312 if old else 0.02)
x, y = np.meshgrid(np.arange(100, dtype=np.float32) + np.float32(0.01), np.arange(10, dtype=np.float32))
remapped = round(float(cv2.remap(ramp, x, y, cv2.INTER_LINEAR)[5, 50]) - 50, 4)
expect(f"{cv2.__version__}: remap of a ramp by .01 px", remapped, 0.0 if old else 0.01)
corners = np.float32([[0, 0], [40, 0], [40, 20], [0, 20]])
_, size, angle = cv2.minAreaRect(corners)
expect(f"{cv2.__version__}: minAreaRect of 40 wide, 20 high", (size, angle), ((20.0, 40.0), 90.0 if old else -90.0))
turned = [cv2.minAreaRect(cv2.boxPoints(((0, 0), (40, 20), degrees)))[2] for degrees in range(-175, 180, 10)]
expect(f"{cv2.__version__}: its angles lie in", "(0, 90]" if min(turned) > 0 else "[-90, 0)", "(0, 90]" if old else "[-90, 0)")
for kind in ("WEBP", "JPEG"):
    exif = Image.Exif()
    exif[0x0112] = 6
    data = io.BytesIO()
    Image.new("RGB", (40, 20)).save(data, kind, exif=exif)
    shape = cv2.imdecode(np.frombuffer(data.getvalue(), np.uint8), cv2.IMREAD_COLOR).shape[:2]
    turned = kind == "JPEG" or not old
    expect(f"{cv2.__version__}: rows, columns of a {kind} of 40 x 20 to be turned", shape, (40, 20) if turned else (20, 40))
flags = {"COLOR": cv2.IMREAD_COLOR, "REDUCED_GRAYSCALE_4": cv2.IMREAD_REDUCED_GRAYSCALE_4, "UNCHANGED": cv2.IMREAD_UNCHANGED}
jpeg = np.frombuffer(data.getvalue(), np.uint8)
tall = {name: (lambda image: image.shape[0] > image.shape[1])(cv2.imdecode(jpeg, flag)) for name, flag in flags.items()}
expect(f"{cv2.__version__}: JPEG turned", tall, {"COLOR": True, "REDUCED_GRAYSCALE_4": True, "UNCHANGED": False})
PYTHON
done
