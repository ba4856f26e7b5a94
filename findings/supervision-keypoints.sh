#!/usr/bin/env bash
# supervision 0.31.2
# Surprise: KeyPoints.as_detections() leaves a keypoint at exactly (0, 0) out of the box even where `visible` says it is there;
#   (0, 30) and (-1, -1) are kept. A COCO keypoints file that goes through DetectionDataset loses its keypoints without a word.
# Hurts: a person cut off by the image's corner gets a box that misses it; a pose data set becomes a box data set.
# Here: absence is v = 0 and never a position, so a point at (0, 0) with v = 1 or 2 is placed, and kept.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need supervision==0.31.2 pillow==12.3.0

"$PY" - <<'PYTHON'
import numpy as np
import supervision
from PIL import Image
from seen import coco, expect, person, points, read, write


def box(corner):
    xy = np.array([[corner, [50, 50], [100, 100]]], dtype=float)
    return supervision.KeyPoints(xy=xy, visible=np.ones((1, 3), dtype=bool)).as_detections().xyxy[0].tolist()


expect("box with a visible keypoint at (0, 0)", box([0, 0]), [50, 50, 100, 100])
expect("at (0, 30)", box([0, 30]), [0, 30, 100, 100])
expect("at (-1, -1)", box([-1, -1]), [-1, -1, 100, 100])
Image.new("RGB", (640, 480)).save("1.png")
file = write("in.json", coco([person(7, points(100, 50), [90, 40, 100, 100])]))
supervision.DetectionDataset.from_coco(".", file).as_coco(annotations_path="out.json")
out = read("out.json")["annotations"][0]
expect("after from_coco and as_coco: id 7 and keypoints", (out["id"], out.get("keypoints")), (1, None))
PYTHON
