#!/usr/bin/env bash
# datumaro 1.13.12, COCO keypoints to CVAT
# Surprise: each person becomes a box and ONE shape `points` without names and without visibility: hidden and absent points
#   are as visible as the others, absent ones at 0, 0. No skeleton label is written.
# Hurts: in CVAT nobody can tell the nose from the ankle but by counting, occlusion is lost, and unlabelled people get 17
#   points in the corner.
# Here: nothing is written for CVAT. CVAT takes COCO keypoints itself, into a task with a skeleton label of the same names.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need datumaro==1.13.12

"$PY" - <<'PYTHON'
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from datumaro import Dataset
from PIL import Image
from seen import coco, expect, person, write

Path("in/annotations").mkdir(parents=True)
Path("in/images").mkdir()
Image.new("RGB", (640, 480)).save("in/images/1.png")
people = [person(7, [100, 50, 2, 110, 60, 1] + [0, 0, 0] * 15, [60, 20, 100, 200])]
write("in/annotations/person_keypoints_train.json", coco(people))
Dataset.import_from("in", "coco_person_keypoints").export("out", "cvat")
root = ElementTree.parse("out/train.xml").getroot()
labels = [(label.findtext("name"), label.findtext("type")) for label in root.iter("label")]
expect("labels and their kinds", labels, [("person", None)])
expect("shapes", [shape.tag for shape in root.find("image")], ["points", "box"])
shape = root.find("image/points")
said = [shape.get(key) for key in ("label", "occluded", "outside")]
expect("label, occluded, outside of the points", said, ["person", "0", "0"])
places = shape.get("points").split(";")
expect("points, and those at 0, 0", (len(places), places.count("0.00,0.00")), (17, 15))
PYTHON
