#!/usr/bin/env bash
# label-studio-sdk 2.1.2, Converter.convert_to_coco
# Surprise: all keypoints of an image come out as ONE annotation, in a category "default" of their own: of two noses the later
#   one is kept, its box spans both people, and the people's own boxes stand beside it in category "person". Points are
#   rounded to whole pixels, hidden ones become v = 2, ids begin with 0, and there is no `area`. `parentID` changes nothing.
# Hurts: images with two people lose one of the poses and mix the other; one-person images lose occlusion and half a pixel.
# Here: boxes of `person` and poses of `default` are both people; a box with one pose inside is that person's. Two people
#   mixed into one pose cannot be told from the file.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need label-studio-sdk==2.1.2

"$PY" - <<'PYTHON'
import contextlib, io

from label_studio_sdk.converter import Converter
from label_studio import box, keypoint, CONFIG
from seen import expect, read, write

result = [
    box("b1", 5, 5, 20, 40),
    box("b2", 60, 5, 20, 40),
    keypoint("k1", "nose", 12.34567, 10, parent="b1"),
    keypoint("k2", "left_eye", 14.06, 9, parent="b1", hidden=True),
    keypoint("k3", "nose", 70, 10, parent="b2"),
]


def export(result, config=CONFIG):
    write("tasks.json", [{"id": 1, "data": {"image": "1.png"}, "annotations": [{"id": 1, "result": result}]}])
    with contextlib.redirect_stdout(io.StringIO()):
        Converter(config, project_dir=".", download_resources=False).convert_to_coco("tasks.json", "out", is_dir=False)
    return read("out/result.json")


coco = export(result)
poses = [annotation for annotation in coco["annotations"] if "keypoints" in annotation]
expect("annotations with keypoints, of two people with a nose each", len(poses), 1)
expect("its keypoints: nose of the second, eye of the first", poses[0]["keypoints"], [700, 80, 2, 141, 72, 2])
expect("its box, over both", poses[0]["bbox"], [141, 72, 559, 8])
expect("its area", poses[0].get("area"), None)
expect("the first id", coco["annotations"][0]["id"], 0)
expect("categories", [category["name"] for category in coco["categories"]], ["person", "default"])
one = export(result[:1] + result[2:4])["annotations"][-1]
expect("a nose at 123.4567, 80 px; an eye at 140.6, 72 px, hidden", one["keypoints"], [123, 80, 2, 141, 72, 2])
try:
    export(result, CONFIG.replace("model_index", "index"))
    refused = ""
except ValueError as error:
    refused = str(error)
expect("refused where labels have no model_index", "model_index" in refused, True)
PYTHON
