#!/usr/bin/env bash
# pycocotools 2.0.11, faster-coco-eval 1.8.0, hotcoco 1.3.0, xtcocotools 1.14.3
# Surprise: evaluators know the sigmas of COCO's 17 keypoints alone. With 14 keypoints three of them end in a ValueError about
#   shapes; hotcoco answers, with the sigmas of COCO's first 14, whatever the keypoints are called. Of 20 keypoints it measures
#   17: the last three may be anywhere. A skeleton of 17 others gets COCO's sigmas everywhere.
# Hurts: a shoulder that stands first in the list is judged as strictly as a nose; figures look right and are not.
# Here: `sspcm evaluate` gives pycocotools the skeleton's own sigmas. Elsewhere set `params.kpt_oks_sigmas` yourself.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need numpy==1.26.4 pycocotools==2.0.11 xtcocotools==1.14.3 faster-coco-eval==1.8.0 hotcoco==1.3.0

"$PY" - <<'PYTHON'
import contextlib, io
import math

from evaluators import EVALUATORS, SIGMAS
from seen import coco, expect, person, points, write


def ap_at_half(name, count, found):
    truth = coco([person(1, points(100, 100, count=count), [90, 90, 100, 100])])
    truth["categories"][0] |= {"keypoints": [f"k{n}" for n in range(count)], "skeleton": []}
    write("truth.json", truth)
    write("results.json", [{"image_id": 1, "category_id": 1, "keypoints": found, "score": 0.9}])
    with contextlib.redirect_stdout(io.StringIO()):
        return float(EVALUATORS[name]()[1])


for name in ("pycocotools", "xtcocotools", "faster-coco-eval"):
    try:
        ap_at_half(name, 14, points(100, 100, count=14))
        error = "none"
    except ValueError as problem:
        error = "shapes" if "shapes" in str(problem) else str(problem)
    expect(f"14 keypoints, {name}: the error is about", error, "shapes")
near, far = 0.0, 60.0
while far - near > 1e-6:  # the shift at which OKS passes one half
    middle = (near + far) / 2
    near, far = (middle, far) if ap_at_half("hotcoco", 14, points(100 + middle, 100, count=14)) > 0.5 else (near, middle)
oks = sum(math.exp(-near * near / (2 * (2 * s) ** 2 * 10000)) for s in SIGMAS[:14]) / 14
expect("14 keypoints, hotcoco: OKS with COCO's first 14 sigmas where it says .5", round(oks, 5), 0.5)
lost = points(100, 100, count=17) + [600, 10, 2] * 3
expect("20 keypoints, the last three far off, hotcoco: AP at .5", round(ap_at_half("hotcoco", 20, lost), 6), 1.0)
PYTHON
