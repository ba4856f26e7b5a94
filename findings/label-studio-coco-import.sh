#!/usr/bin/env bash
# label-studio-sdk 2.1.2, convert_coco_to_ls
# Surprise: every keypoint of a COCO file becomes a Label Studio point labelled with the CATEGORY's name: 17 points "person"
#   and no nose. Points that are absent (v = 0 at 0, 0) become points in the corner of the image, marked hidden as v = 1 is.
# Hurts: a pose data set loses its names and gains up to 17 false points in the corner for each person.
# Here: an absent keypoint leaves as 0, 0, 0, as COCO asks. Write Label Studio's tasks yourself, or drop points of v = 0.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need label-studio-sdk==2.1.2

"$PY" - <<'PYTHON'
import contextlib, io

from label_studio_sdk.converter.imports.coco import convert_coco_to_ls
from seen import coco, expect, person, read, write

keypoints = [10, 20, 2, 30, 40, 1] + [0, 0, 0] * 15
write("in.json", coco([person(1, keypoints, [5, 5, 100, 100])], size=(1000, 800)))
with contextlib.redirect_stdout(io.StringIO()):
    convert_coco_to_ls("in.json", "tasks.json")
values = [item["value"] for item in read("tasks.json")[0]["annotations"][0]["result"] if item["type"] == "keypointlabels"]
expect("labels of the 17 points", {value["keypointlabels"][0] for value in values}, {"person"})
expect("points for 2 placed ones", len(values), 17)
expect("points at 0, 0", sum(value["x"] == 0 == value["y"] for value in values), 15)
expect("hidden: v = 2, v = 1, v = 0", [value.get("hidden") for value in values[:3]], [None, True, True])
PYTHON
