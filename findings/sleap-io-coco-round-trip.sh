#!/usr/bin/env bash
# sleap-io 0.9.5
# Surprise: COCO read and written again comes out with every hidden point (v = 1) as visible (v = 2), every box replaced by
#   the hull of its keypoints without margin, area by the hull's, ids counted anew, other fields gone, x and y in 32 bits.
#   A person with a box and no keypoints keeps neither: bbox [0, 0, 0, 0].
# Hurts: occlusion labels and boxes of a detector are lost by only opening and saving a data set; nothing is said.
# Here: such files are read: a box without width gets one made of the keypoints, with a margin. What is gone cannot be
#   told from the file.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need sleap-io==0.9.5 pillow==12.3.0

"$PY" - <<'PYTHON'
import sleap_io
from PIL import Image
from seen import coco, expect, person, points, read, write

Image.new("RGB", (640, 480)).save("1.png")
mixed = points(100.5, 50.25, count=14) + [123.456789, 20.25, 1] + [0, 0, 0] * 2
people = [person(7, mixed, [60, 20, 100, 200], area=12345.5, author="ann"), person(9, [0, 0, 0] * 17, [10, 20, 60, 70])]
sleap_io.save_coco(sleap_io.load_coco(write("in.json", coco(people))), "out.json")
first, second = read("out.json")["annotations"]
expect("v of the one hidden point", first["keypoints"][14 * 3 + 2], 2)
expect("its x, 123.456789 before", first["keypoints"][14 * 3], 123.456787109375)
expect("bbox, [60, 20, 100, 200] before", first["bbox"], [100.5, 20.25, 65.0, 95.0])
expect("area, 12345.5 before", first["area"], 6175.0)
expect("ids, 7 and 9 before", (first["id"], second["id"]), (1, 2))
expect("the field author", first.get("author"), None)
expect("box of the person without keypoints", second["bbox"], [0.0, 0.0, 0.0, 0.0])
PYTHON
