#!/usr/bin/env bash
# pycocotools 2.0.11
# Surprise: where a person's `area` is 0, OKS is 1 for a detection exactly on its keypoints and 0 for one that is off by a
#   thousandth of a pixel. The file is valid, and nothing is said.
# Hurts: exporters that leave `area` out or write 0 (no mask, "we only have keypoints") make a data set nobody can score on.
# Here: an area of 0 or none counts as 0.53 of the person's box, and is exported so; the export says how often.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need numpy==1.26.4 pycocotools==2.0.11 xtcocotools==1.14.3 faster-coco-eval==1.8.0 hotcoco==1.3.0

"$PY" - <<'PYTHON'
from evaluators import evaluate
from seen import coco, expect, person, points

truth = coco([person(1, points(100, 100), [90, 90, 100, 100], area=0)])
for off, wanted in ((0.0, 1.0), (0.001, 0.0)):
    found = [{"image_id": 1, "category_id": 1, "keypoints": points(100 + off, 100), "score": 0.9}]
    ap = evaluate(truth, found)
    expect(f"AP of a detection {off} px off, area 0, pycocotools", ap["pycocotools"], wanted)
    expect("the same, the other three", {ap[name] for name in ap if name != "pycocotools"}, {wanted})
PYTHON
