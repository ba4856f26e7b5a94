#!/usr/bin/env bash
# label-studio-sdk 2.1.2, convert_yolo_to_ls
# Surprise: of a row of YOLO pose the first keypoint's x is taken for the SCORE of the box, and all keypoints are left out.
#   Nothing is said; the tasks look like those of a detector with odd confidences.
# Hurts: a pose data set arrives as boxes, and a queue ordered by score orders people by where their nose is.
# Here: nothing is read from YOLO, and a prediction's confidences are never a label's.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need label-studio-sdk==2.1.2

"$PY" - <<'PYTHON'
import contextlib, io
from pathlib import Path

from label_studio_sdk.converter.imports.yolo import convert_yolo_to_ls
from PIL import Image
from seen import expect, read

for folder in ("in/images", "in/labels"):
    Path(folder).mkdir(parents=True)
Image.new("RGB", (640, 480)).save("in/images/1.png")
Path("in/classes.txt").write_text("person\n")
Path("in/labels/1.txt").write_text("0 .5 .5 .2 .4 .45 .35 2 .55 .65 1\n")
with contextlib.redirect_stdout(io.StringIO()):
    convert_yolo_to_ls("in", "tasks.json")
result = read("tasks.json")[0]["annotations"][0]["result"]
expect("what became of a box with two keypoints", [item["type"] for item in result], ["rectanglelabels"])
expect("its score; the first keypoint is at x = .45", result[0]["score"], 0.45)
PYTHON
