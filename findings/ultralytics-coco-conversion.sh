#!/usr/bin/env bash
# ultralytics 8.4.190, convert_coco(use_keypoints=True)
# Surprise: people without a labelled keypoint are left out (their image gets a row less, or an empty file), numbers keep six
#   digits, and neither data.yaml nor `flip_idx` is written.
# Hurts: in a partly labelled data set every unlabelled person becomes background: training then teaches the network NOT to
#   see people. An image with an empty file counts as "nobody here".
# Here: whether a person is labelled is always said (num_keypoints 0); leave out images with such people before you convert.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need torch==2.14.1 torchvision==0.29.1 ultralytics==8.4.190 albumentationsx==2.5.1 opencv-python-headless==5.0.0.93
export YOLO_CONFIG_DIR=$PWD YOLO_OFFLINE=true

"$PY" - <<'PYTHON'
from pathlib import Path

from seen import coco, expect, person, points, write
from ultralytics.data.converter import convert_coco

Path("in").mkdir()
people = [
    person(1, points(123.456789, 100, v=1), [90, 90, 200, 100]),
    person(2, [0, 0, 0] * 17, [300, 20, 60, 70]),
    person(3, [0, 0, 0] * 17, [300, 20, 60, 70], image_id=2),
]
write("in/people.json", coco(people, images=2))
convert_coco("in", "out", use_keypoints=True, cls91to80=False)
rows = {path.name: path.read_text().splitlines() for path in Path("out/labels/people").iterdir()}
expect("rows of an image with one labelled and one unlabelled person", len(rows["1.txt"]), 1)
expect("rows of an image with an unlabelled person", len(rows["2.txt"]), 0)
expect("x and v of 123.456789 in 640 px, v = 1", rows["1.txt"][0].split()[5:8:2], ["0.192901", "1"])
expect("files besides", [path.name for path in Path("out").rglob("*.yaml")], [])
PYTHON
