#!/usr/bin/env bash
# sleap-io 0.9.5
# Surprise: in its Label Studio tasks the keypoints are in percent, as they must be, but each person's rectangle is 0, 0,
#   width, height of the IMAGE in pixels: 640 percent wide. The task names no image in `data`, and a hidden point is visible.
# Hurts: Label Studio shows every person under one rectangle far larger than the picture; boxes are lost.
# Here: Label Studio is read through COCO alone, and boxes from COCO stay as they are.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need sleap-io==0.9.5 pillow==12.3.0

"$PY" - <<'PYTHON'
import sleap_io
from PIL import Image
from seen import coco, expect, person, points, read, write

Image.new("RGB", (640, 480)).save("1.png")
labels = sleap_io.load_coco(write("in.json", coco([person(1, points(64, 48, v=1), [60, 40, 100, 100])])))
sleap_io.save_labelstudio(labels, "tasks.json")
task = read("tasks.json")[0]
rectangle, nose = task["annotations"][0]["result"][:2]
place = {key: rectangle["value"][key] for key in ("x", "y", "width", "height")}
expect("rectangle of a box [60, 40, 100, 100], in percent", place, {"x": 0, "y": 0, "width": 640, "height": 480})
expect("nose at 64, 48 of 640 x 480 px, in percent", (nose["value"]["x"], nose["value"]["y"]), (10.0, 10.0))
expect("hidden", nose["value"].get("hidden"), None)
expect("data of the task", task["data"], {})
PYTHON
