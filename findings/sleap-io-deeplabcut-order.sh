#!/usr/bin/env bash
# sleap-io 0.9.5
# Surprise: a DeepLabCut table comes in with its body parts in alphabetical order, not the file's. A table of ONE labelled
#   frame gives no frame at all; the same table with two rows gives two.
# Hurts: whoever relies on "the same order as in config.yaml" (a network's channels, flip_idx, a NumPy array) mixes hips and
#   noses; one-frame folders are dropped without a word.
# Here: the category's names say which keypoint is which. A file in another order than the home's is refused, and the
#   message says what differs.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need sleap-io==0.9.5 pillow==12.3.0

"$PY" - <<'PYTHON'
from pathlib import Path

import sleap_io
from PIL import Image
from seen import expect

folder = Path("labeled-data/video")
folder.mkdir(parents=True)
for n in (1, 2):
    Image.new("RGB", (64, 48)).save(folder / f"img{n}.png")
HEAD = "scorer,,,me,me,me,me,me,me\nbodyparts,,,nose,nose,left_eye,left_eye,hip,hip\ncoords,,,x,y,x,y,x,y\n"


def load(rows):
    lines = "".join(f"labeled-data,video,img{n}.png,10,11,20,21,30,31\n" for n in range(1, rows + 1))
    (folder / "CollectedData_me.csv").write_text(HEAD + lines)
    return sleap_io.load_dlc(str(folder / "CollectedData_me.csv"))


expect("body parts of nose, left_eye, hip", load(2).skeletons[0].node_names, ["hip", "left_eye", "nose"])
expect("frames of a table of two rows", len(load(2)), 2)
expect("frames of a table of one row", len(load(1)), 0)
PYTHON
