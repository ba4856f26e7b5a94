#!/usr/bin/env bash
# xtcocotools 1.14.3 beside numpy 2.2.6
# Surprise: the newest xtcocotools on PyPI is built against numpy 1 and asks for no version: pip installs it beside numpy 2
#   without a word and the import fails ("numpy.dtype size changed, may indicate binary incompatibility").
# Hurts: CrowdPose, Halpe and WholeBody figures are computed with it; every fresh environment meets this first.
# Here: our own evaluation needs pycocotools alone. Beside numpy 1.26.4 xtcocotools works, with equal figures.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need numpy==2.2.6 xtcocotools==1.14.3

"$PY" - <<'PYTHON'
from seen import expect

try:
    from xtcocotools.coco import COCO  # noqa
except ValueError as error:
    expect("the import's error", str(error).split(".")[0] + "." + str(error).split(".")[1].split(" ")[0], "numpy.dtype")
    expect("it says incompatible", "binary incompatibility" in str(error), True)
else:
    expect("the import", "works", "fails")
PYTHON
need numpy==1.26.4 pycocotools==2.0.11 xtcocotools==1.14.3 faster-coco-eval==1.8.0 hotcoco==1.3.0
"$PY" - <<'PYTHON'
from evaluators import all_stats
from seen import coco, expect, person, points

people = [person(k, points(100 * k, 100, v=1 + k % 2), [100 * k - 10, 90, 100, 100]) for k in range(1, 6)]
found = [
    {"image_id": 1, "category_id": 1, "keypoints": points(100 * k + 2 * k, 100), "score": 0.9 - k / 10} for k in range(1, 6)
]
stats = all_stats(coco(people), found)
rows = {tuple(round(float(value), 9) for value in row) for row in stats.values()}
expect("different lines of ten figures among the four evaluators, numpy 1.26.4", len(rows), 1)
PYTHON
