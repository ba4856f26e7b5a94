#!/usr/bin/env bash
# datumaro 1.13.12
# Surprise: COCO keypoints read and written again have x and y cut to two decimals, `area` replaced by the box's, other fields
#   gone, and an annotation of id 0 gets an id that ANOTHER annotation of the file already has.
# Hurts: two people of one id: pycocotools' index keeps only the later one of them. OKS of a person changes with the area.
# Here: two annotations of one id come in with an id each, and the import says so; `area` and every other field come back
#   as they were read.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need datumaro==1.13.12

"$PY" - <<'PYTHON'
from pathlib import Path

from datumaro import Dataset
from PIL import Image
from seen import coco, expect, person, points, read, write

Path("in/annotations").mkdir(parents=True)
Path("in/images").mkdir()
Image.new("RGB", (640, 480)).save("in/images/1.png")
people = [
    person(7, [123.456789, 20.25, 1] + points(100, 50, count=16), [60, 20, 100, 200], area=12345.5, author="ann"),
    person(9, [5, 6, 0] + [0, 0, 0] * 16, [10, 20, 60, 70]),
    person(0, points(200, 100), [190, 90, 150, 150]),
]
write("in/annotations/person_keypoints_train.json", coco(people))
Dataset.import_from("in", "coco_person_keypoints").export("out", "coco_person_keypoints")
out = read("out/annotations/person_keypoints_train.json")["annotations"]
seven = next(annotation for annotation in out if annotation["id"] == 7)
expect("x, 123.456789 before", seven["keypoints"][0], 123.45999908447266)
expect("v of the hidden point", seven["keypoints"][2], 1)
expect("area, 12345.5 before", seven["area"], 20000.0)
expect("bbox, not the hull", seven["bbox"], [60.0, 20.0, 100.0, 200.0])
expect("author", seven.get("author"), None)
expect("ids, 0, 7 and 9 before", sorted(annotation["id"] for annotation in out), [7, 9, 9])
PYTHON
