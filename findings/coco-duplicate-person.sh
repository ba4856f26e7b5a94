#!/usr/bin/env bash
# pycocotools 2.0.11, hotcoco 1.3.0, xtcocotools 1.14.3
# Surprise: of two identical annotations of one person a detection is matched to the SECOND, and the first counts as missed:
#   a perfect model of one person reaches a recall of one half.
# Hurts: merging two exports, or saving twice, leaves duplicates that no evaluator tells of; the score falls without a cause.
# Here: two annotations of one id get an id each, and the import says so. Two of different ids are two people, as the file
#   says: look for them before you evaluate.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need numpy==1.26.4 pycocotools==2.0.11 xtcocotools==1.14.3 faster-coco-eval==1.8.0 hotcoco==1.3.0

"$PY" - <<'PYTHON'
import contextlib, io

from evaluators import all_stats, pycocotools_run, xtcocotools_run
from seen import coco, expect, person, points

twice = [person(1, points(100, 100), [90, 90, 100, 100]), person(2, points(100, 100), [90, 90, 100, 100])]
found = [{"image_id": 1, "category_id": 1, "keypoints": points(100, 100), "score": 0.9}]
stats = all_stats(coco(twice), found)
for name in stats:
    expect(f"recall of a perfect detection, its person in the file twice, {name}", round(float(stats[name][5]), 3), 0.5)
with contextlib.redirect_stdout(io.StringIO()):
    runs = {"pycocotools": pycocotools_run(), "xtcocotools": xtcocotools_run()}
for name, run in runs.items():
    expect(f"which annotation it was matched to, {name}", int(run.evalImgs[0]["dtMatches"][0, 0]), 2)
PYTHON
