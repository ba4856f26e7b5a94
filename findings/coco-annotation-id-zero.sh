#!/usr/bin/env bash
# pycocotools 2.0.11, faster-coco-eval 1.8.0, hotcoco 1.3.0, xtcocotools 1.14.3
# Surprise: a person with annotation id 0 is never counted as found. A match is kept as the id of the ground truth, and 0
#   means "no match"; a perfect detection gives AP 0 in pycocotools and faster-coco-eval, 1 in xtcocotools and hotcoco.
# Hurts: Roboflow and home-made exporters count annotations from 0, so one person of every such file is always wrong.
# Here: an export gives such a person another id and says how often it did; our own evaluation counts from 1.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need numpy==1.26.4 pycocotools==2.0.11 xtcocotools==1.14.3 faster-coco-eval==1.8.0 hotcoco==1.3.0

"$PY" - <<'PYTHON'
from evaluators import evaluate
from seen import coco, expect, person, points

truth = coco([person(0, points(100, 100), [90, 90, 100, 100])])
found = [{"image_id": 1, "category_id": 1, "keypoints": points(100, 100), "score": 0.9}]
ap = evaluate(truth, found)
expect("AP of a perfect detection, annotation id 0, pycocotools", ap["pycocotools"], 0.0)
expect("the same, faster-coco-eval", ap["faster-coco-eval"], 0.0)
expect("the same, xtcocotools", ap["xtcocotools"], 1.0)
expect("the same, hotcoco", ap["hotcoco"], 1.0)
truth["annotations"][0]["id"] = 1
ap = evaluate(truth, found)
expect("with id 1, in all four", set(ap.values()), {1.0})
PYTHON
