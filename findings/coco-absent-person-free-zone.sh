#!/usr/bin/env bash
# pycocotools 2.0.11
# Surprise: a person without any labelled keypoint swallows detections. Inside a zone three boxes wide and high around it OKS
#   is exactly 1, wherever the detection's points are, and the detection is then no false alarm.
# Hurts: data with many boxes and few skeletons forgives a model everything that it invents near an unlabelled person.
# Here: an unlabelled person leaves as they came, with num_keypoints 0; `sspcm evaluate` counts a prediction of them as
#   neither right nor wrong.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need numpy==1.26.4 pycocotools==2.0.11 xtcocotools==1.14.3 faster-coco-eval==1.8.0 hotcoco==1.3.0

"$PY" - <<'PYTHON'
import contextlib, io

from evaluators import pycocotools_run
from seen import coco, expect, person, points, write

write("truth.json", coco([person(1, [0, 0, 0] * 17, [100, 100, 50, 80])]))


def oks(x):
    keypoints = [value for _ in range(17) for value in (x, 140, 2)]
    write("results.json", [{"image_id": 1, "category_id": 1, "keypoints": keypoints, "score": 0.9}])
    with contextlib.redirect_stdout(io.StringIO()):
        return round(float(pycocotools_run().ious[1, 1][0, 0]), 4)


expect("OKS with an absent person at x 100 to 150, of points at x = 50.5", oks(50.5), 1.0)
expect("at x = 199.5, one box to the right", oks(199.5), 1.0)
expect("at x = 225, half a box beyond the zone", oks(225), 0.0489)
PYTHON
