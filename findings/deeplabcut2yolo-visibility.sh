#!/usr/bin/env bash
# deeplabcut2yolo 2.2.9
# Surprise: every keypoint that is there gets v = 1, which YOLO and COCO call hidden; no keypoint ever gets 2. Boxes are the
#   hull of the keypoints without margin, and one keypoint alone makes a box of width 0.
# Hurts: a network that learns visibility learns that nothing is ever visible, and boxes cut heads and hands off.
# Here: v is kept as the file has it, and a box without width is made of the keypoints, with a margin.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need deeplabcut2yolo==2.2.9 PyYAML==6.0.3

"$PY" - <<'PYTHON'
import pickle
from pathlib import Path

import deeplabcut2yolo
import numpy as np
import yaml
from seen import expect

folder = Path("project/labeled-data/video")
folder.mkdir(parents=True)
config = {"Task": "t", "multianimalproject": False, "bodyparts": ["nose", "left_eye", "hip"]}
Path("project/config.yaml").write_text(yaml.safe_dump(config))
names = ("img1.png", "img2.png")
joints = (np.array([[0, 64.0, 48.0], [2, 320.0, 240.0]]), np.array([[0, 64.0, 48.0]]))
rows = [
    {"image": f"labeled-data/video/{name}", "size": np.array([3, 480, 640]), "joints": found}
    for name, found in zip(names, joints)
]
Path("labels.pickle").write_bytes(pickle.dumps(rows))
deeplabcut2yolo.convert("project", pickle_paths="labels.pickle", config_path="project/config.yaml")
first, second = ([float(value) for value in (folder / f"img{n}.txt").read_text().split()] for n in (1, 2))
expect("x, y, v of nose, left_eye (absent), hip", first[5:], [0.1, 0.1, 1, 0, 0, 0, 0.5, 0.5, 1])
expect("box: the hull", first[1:5], [0.3, 0.3, 0.4, 0.4])
expect("box of one keypoint", second[3:5], [0.0, 0.0])
PYTHON
