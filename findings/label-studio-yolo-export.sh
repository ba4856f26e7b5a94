#!/usr/bin/env bash
# label-studio-sdk 2.1.2, Converter.convert_to_yolo with keypoints
# Surprise: points that were not made children of their rectangle (no `parentID`) are left out without a word: the rows say
#   0 0 0 for each keypoint. With parents the rows are right, but hidden points become v = 2, and no data.yaml with
#   `kpt_shape` and `flip_idx` is written.
# Hurts: in Label Studio's editor a rectangle and its points are siblings unless each is made a relation; all poses are lost.
# Here: nothing is read from YOLO. COCO keeps the points (label-studio-coco-export.sh says what it mixes).
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need label-studio-sdk==2.1.2

"$PY" - <<'PYTHON'
import contextlib, io
from pathlib import Path

from label_studio_sdk.converter import Converter
from label_studio import CONFIG, box, keypoint
from seen import expect, write


def export(parent, folder):
    points = [keypoint("k1", "nose", 10, 10, parent=parent), keypoint("k2", "left_eye", 14, 9, parent=parent, hidden=True)]
    result = [box("b1", 5, 5, 20, 40), *points]
    write("tasks.json", [{"id": 1, "data": {"image": "1.png"}, "annotations": [{"id": 1, "result": result}]}])
    with contextlib.redirect_stdout(io.StringIO()):
        Converter(CONFIG, project_dir=".", download_resources=False).convert_to_yolo("tasks.json", folder, is_dir=False)
    return [float(value) for value in next(Path(folder, "labels").glob("*.txt")).read_text().split()[5:]]


expect("nose and hidden eye without parentID", export("", "without"), [0, 0, 0, 0, 0, 0])
expect("the same with it", export("b1", "with"), [0.1, 0.1, 2, 0.14, 0.09, 2])
expect("files of settings beside the rows", sorted(p.name for p in Path("with").glob("*.*")), ["classes.txt", "notes.json"])
PYTHON
