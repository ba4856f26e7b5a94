#!/usr/bin/env bash
# fiftyone 1.22.1 (its COCO objects; no database is needed for them)
# Surprise: a Keypoint written to COCO is cut down to whole pixels (100.9 becomes 100, and of the whole pixels of a frame of
#   1920 px 22 come out one less), has neither `bbox` nor `area`, and where FiftyOne made it `num_keypoints` counts absent
#   keypoints too. What is read keeps its v.
# Hurts: labels move by half a pixel on average to the upper left; pycocotools ends in a KeyError: 'bbox'.
# Here: a person without a box gets one made of the keypoints, and area and count are written for every evaluator.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need fiftyone==1.22.1
export FIFTYONE_DO_NOT_TRACK=true FIFTYONE_CONFIG_PATH=$PWD/none.json

"$PY" - <<'PYTHON'
from fiftyone.core.labels import Keypoint
from fiftyone.core.metadata import ImageMetadata
from fiftyone.utils.coco import COCOObject
from seen import coco, expect, person, write


def written(keypoint, width=640):
    frame = ImageMetadata(width=width, height=480)
    return COCOObject.from_label(keypoint, frame, image_id=1, category_id=1).to_anno_dict()


read = COCOObject.from_anno_dict(person(7, [100.9, 50.9, 2, 123.456789, 20.25, 1, 5, 6, 0], [60, 20, 100, 200]))
out = written(read.to_keypoints((640, 480), classes_map={1: "person"}))
expect("[100.9, 50.9, 2, 123.456789, 20.25, 1, 5, 6, 0] comes back as", out["keypoints"], [100, 50, 2, 123, 20, 1, 0, 0, 0])
expect("its bbox and area", (out.get("bbox"), out.get("area")), (None, None))
moved = [x for x in range(1920) if written(Keypoint(points=[(x / 1920, 0.5)]), 1920)["keypoints"][0] != x]
expect("whole pixels of 1920 that come out as others", len(moved), 22)
nan = float("nan")
made = written(Keypoint(label="person", points=[(0.5, 0.5), (nan, nan), (nan, nan)]))
expect("num_keypoints of one placed and two absent", (made["num_keypoints"], made["keypoints"][2::3]), (3, [2, 0, 0]))
write("made.json", coco([{**out, "id": 1}]))
PYTHON
need numpy==1.26.4 pycocotools==2.0.11 xtcocotools==1.14.3 faster-coco-eval==1.8.0 hotcoco==1.3.0
"$PY" - <<'PYTHON'
from evaluators import EVALUATORS
from seen import expect, read, write

truth = read("made.json")
truth["annotations"][0]["keypoints"] += [0, 0, 0] * 14
write("truth.json", truth)
result = {"image_id": 1, "category_id": 1, "keypoints": truth["annotations"][0]["keypoints"], "score": 0.9}
write("results.json", [result])
try:
    EVALUATORS["pycocotools"]()
    missing = "nothing"
except KeyError as error:
    missing = error.args[0]
expect("what pycocotools misses", missing, "bbox")
PYTHON
