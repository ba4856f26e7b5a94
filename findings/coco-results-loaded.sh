#!/usr/bin/env bash
# pycocotools 2.0.11, faster-coco-eval 1.8.0, hotcoco 1.3.0, xtcocotools 1.14.3
# Surprise: loading a list of keypoint results gives each a box and an area made of ALL its points, absent ones at (0, 0)
#   included, and new ids from 1: a person of 40 x 40 px far from the corner gets an area of 291600 instead of 1600.
# Hurts: whoever reads "medium" and "large" from results, joins on their ids, or draws their boxes gets nonsense.
# Here: `sspcm predict` places every keypoint, so its boxes are true. AP medium and AP large are pycocotools' own.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need numpy==1.26.4 pycocotools==2.0.11 xtcocotools==1.14.3 faster-coco-eval==1.8.0 hotcoco==1.3.0

"$PY" - <<'PYTHON'
import contextlib, io

from seen import coco, expect, person, points, write

write("truth.json", coco([person(1, points(500, 500), [490, 490, 100, 100])], size=(800, 800)))
three = [500, 500, 2, 540, 540, 2, 520, 510, 2] + [0, 0, 0] * 14
write("results.json", [{"id": 77, "image_id": 1, "category_id": 1, "keypoints": three, "score": 0.5}])
with contextlib.redirect_stdout(io.StringIO()):
    from faster_coco_eval import COCO as Faster
    from hotcoco import COCO as Hot
    from pycocotools.coco import COCO
    from xtcocotools.coco import COCO as Xt

    loaded = {
        "pycocotools": COCO("truth.json").loadRes("results.json").dataset["annotations"][0],
        "xtcocotools": Xt("truth.json").loadRes("results.json").dataset["annotations"][0],
        "faster-coco-eval": Faster("truth.json").loadRes("results.json").dataset["annotations"][0],
        "hotcoco": Hot("truth.json").load_res("results.json").dataset["annotations"][0],
    }
for name, result in loaded.items():
    expect(f"{name}: area of three points within 40 x 40 px", round(float(result["area"])), 291600)
    expect(f"{name}: its box", [round(float(value)) for value in result["bbox"]], [0, 0, 540, 540])
    expect(f"{name}: the id that was 77", result["id"], 1)
PYTHON
