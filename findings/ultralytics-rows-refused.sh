#!/usr/bin/env bash
# ultralytics 8.4.190 (pose data sets)
# Surprise: one keypoint more than 1 % outside the frame, or one negative number, even of an absent keypoint, and the WHOLE
#   image with all its people is left out as "corrupt". With kpt_shape [K, 2] a row's 0 0 is a VISIBLE keypoint in the corner.
# Hurts: people cut off by the frame have joints outside it in many data sets; the busiest images vanish from training behind
#   one line of a log, or absent joints teach the corner.
# Here: a joint may lie outside its image and leaves so in COCO; clip such points before you convert to YOLO.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need torch==2.14.1 torchvision==0.29.1 ultralytics==8.4.190 albumentationsx==2.5.1 opencv-python-headless==5.0.0.93
export YOLO_CONFIG_DIR=$PWD YOLO_OFFLINE=true

"$PY" - <<'PYTHON'
from pathlib import Path

from PIL import Image
from seen import expect
from ultralytics.data.utils import verify_image_label

Path("images").mkdir()
Image.new("RGB", (640, 480)).save("images/1.png")


def read(*rows, numbers=3):
    Path("1.txt").write_text("\n".join(rows))
    return verify_image_label(("images/1.png", "1.txt", "", True, 1, 2, numbers, False))


good = "0 .3 .3 .2 .2 .3 .3 2 .3 .3 2"
expect("people read, a keypoint .5 % outside", len(read(good, "0 .5 .5 .2 .2 .5 .5 2 1.005 .5 1")[1]), 2)
expect("image of two people, one keypoint 2 % outside", read(good, "0 .5 .5 .2 .2 .5 .5 2 1.02 .5 1")[0], None)
expect("image where an absent keypoint is at -0.5", read(good, "0 .5 .5 .2 .2 .5 .5 2 -0.5 .5 0")[0], None)
expect("v of the point 0 0, two numbers a keypoint", float(read("0 .5 .5 .2 .2 .5 .5 0 0", numbers=2)[4][0, 1, 2]), 1.0)
PYTHON
