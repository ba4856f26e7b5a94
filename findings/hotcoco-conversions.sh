#!/usr/bin/env bash
# hotcoco 1.3.0
# Surprise: COCO.to_yolo and COCO.to_cvat write boxes alone: keypoints are left out without a word, and a person whose
#   keypoints are hidden is a plain box. COCO.merge counts image ids anew even where both files name the same image.
# Hurts: a pose data set leaves as a box data set; merging two halves of one data set doubles its images, and evaluation of
#   each half's people then misses the other half.
# Here: a second import adds people to the image of that name; the export has each image once.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need numpy==1.26.4 pycocotools==2.0.11 xtcocotools==1.14.3 faster-coco-eval==1.8.0 hotcoco==1.3.0

"$PY" - <<'PYTHON'
from pathlib import Path

from hotcoco import COCO
from seen import coco, expect, person, points, write

dataset = COCO(write("in.json", coco([person(7, points(100, 50), [90, 40, 100, 100])])))
dataset.to_yolo("yolo")
row = Path("yolo/1.txt").read_text().strip()
expect("YOLO row of a person with 17 keypoints", row, "0 0.218750 0.187500 0.156250 0.208333")
dataset.to_cvat("cvat.xml")
text = Path("cvat.xml").read_text()
expect("CVAT's points or skeletons, and boxes", (text.count("<points") + text.count("<skeleton"), text.count("<box")), (0, 1))
merged = [(image["id"], image["file_name"]) for image in COCO.merge([dataset, COCO("in.json")]).dataset["images"]]
expect("images of two files that name 1.png", merged, [(1, "1.png"), (2, "1.png")])
PYTHON
