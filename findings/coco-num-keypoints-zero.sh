#!/usr/bin/env bash
# pycocotools 2.0.11, faster-coco-eval 1.8.0, hotcoco 1.3.0, xtcocotools 1.14.3
# Surprise: three evaluators believe the number `num_keypoints` and ignore a person whose file says 0, whatever its keypoints
#   say: AP -1 ("nothing to find"). xtcocotools counts v > 0 itself and gives 1.0. Both v = 1 and v = 2 are labelled to all.
# Hurts: a tool that edits keypoints and leaves the old count takes people out of the score, and the score still looks fine.
# Here: such a person is read as unlabelled, which the import says; the export writes no keypoints for them (theirs stay in
#   `as_read`), so that all four evaluators agree.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need numpy==1.26.4 pycocotools==2.0.11 xtcocotools==1.14.3 faster-coco-eval==1.8.0 hotcoco==1.3.0

"$PY" - <<'PYTHON'
from evaluators import evaluate
from seen import coco, expect, person, points

found = [{"image_id": 1, "category_id": 1, "keypoints": points(100, 100), "score": 0.9}]
for v in (1, 2):
    truth = coco([person(1, points(100, 100, v=v), [90, 90, 100, 100], num_keypoints=0)])
    ap = evaluate(truth, found)
    expect(f"AP, 17 points of v={v}, num_keypoints 0, pycocotools", ap["pycocotools"], -1.0)
    expect("the same, faster-coco-eval", ap["faster-coco-eval"], -1.0)
    expect("the same, hotcoco", ap["hotcoco"], -1.0)
    expect("the same, xtcocotools", ap["xtcocotools"], 1.0)
PYTHON
