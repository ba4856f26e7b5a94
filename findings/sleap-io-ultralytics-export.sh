#!/usr/bin/env bash
# sleap-io 0.9.5
# Surprise: COCO's 17 keypoints written for Ultralytics get the identity as `flip_idx` (COCO files name no symmetries), class
#   "animal" and v = 2 for hidden points. A data set of one frame is written to train AND val. Even a YOLO data set whose
#   data.yaml has the right `flip_idx` comes out with the identity, v = 1 as 2, and another box.
# Hurts: Ultralytics mirrors half of its training views; with this data.yaml a mirrored left hand still counts as a left hand,
#   so the network learns both sides as one. Correct `flip_idx` by hand before training.
# Here: left and right are paired by name when a file comes in, and the import says how many pairs it found.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need sleap-io==0.9.5 pillow==12.3.0

"$PY" - <<'PYTHON'
from pathlib import Path

import sleap_io
import yaml
from PIL import Image
from seen import coco, expect, person, points, write

Image.new("RGB", (640, 480)).save("1.png")
labels = sleap_io.load_coco(write("in.json", coco([person(1, points(100, 50, v=1), [90, 40, 100, 100])])))
sleap_io.save_ultralytics(labels, "yolo")
data = yaml.safe_load(Path("yolo/data.yaml").read_text())
expect("flip_idx of COCO's 17 keypoints is the identity", data["flip_idx"], list(range(17)))
expect("class names", data["names"], {0: "animal"})
train, val = (next(Path("yolo").glob(f"{split}/labels/*.txt")).read_text() for split in ("train", "val"))
expect("v of a point that was hidden", train.split()[7], "2")
expect("the one frame is in train and val", train == val, True)

Path("yolo2/train/labels").mkdir(parents=True)
Path("yolo2/train/images").mkdir()
Image.new("RGB", (640, 480)).save("yolo2/train/images/1.png")
Path("yolo2/train/labels/1.txt").write_text("0 .5 .5 .2 .2 .5 .5 1 .6 .6 2 0 0 0\n")
own = {"path": ".", "train": "train/images", "val": "train/images", "kpt_shape": [3, 3], "flip_idx": [0, 2, 1]}
own |= {"names": {0: "person"}, "node_names": ["nose", "left_eye", "right_eye"]}
Path("yolo2/data.yaml").write_text(yaml.safe_dump(own))
sleap_io.save_ultralytics(sleap_io.load_ultralytics("yolo2", split="train"), "yolo3")
expect("flip_idx that was [0, 2, 1]", yaml.safe_load(Path("yolo3/data.yaml").read_text())["flip_idx"], [0, 1, 2])
row = next(Path("yolo3").glob("train/labels/*.txt")).read_text().split()
expect("v that was 1", row[7], "2")
expect("the box that was .5 .5 .2 .2", [float(value) for value in row[1:5]], [0.55, 0.55, 0.13125, 0.141667])
PYTHON
