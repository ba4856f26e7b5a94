#!/usr/bin/env bash
# movement 0.15.0 (the newest for Python 3.11)
# Surprise: `load_poses.from_dlc_file` refuses DeepLabCut's labelled data, with three index columns or with one path; it wants
#   a tracker's table. A table that has no likelihood but numbered rows is taken, with NaN as every confidence. There is no
#   loader for COCO. The order of axes is time, space, keypoints, individuals: space before keypoints.
# Hurts: labels and predictions of one project do not go through one loader; code that expects (.., keypoints, space) runs on
#   transposed data without an error.
# Here: DeepLabCut's tables come in through COCO; a hand's labels and a network's predictions are two types.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need movement==0.15.0

"$PY" - <<'PYTHON'
from pathlib import Path

import numpy as np
from movement.io import load_poses
from seen import expect


def load(lines):
    Path("labels.csv").write_text("\n".join(lines) + "\n")
    try:
        return load_poses.from_dlc_file("labels.csv", fps=10)
    except ValueError:
        return None


numbered = load(["scorer,me,me,me,me", "bodyparts,nose,nose,hip,hip", "coords,x,y,x,y", "0,1,2,3,4", "1,1,2,3,4"])
expect("axes", numbered.position.dims, ("time", "space", "keypoints", "individuals"))
expect("confidence without likelihood", bool(np.isnan(numbered.confidence).all()), True)
paths = load(["scorer,me,me,me,me", "bodyparts,nose,nose,hip,hip", "coords,x,y,x,y", "labeled-data/v/1.png,1,2,3,4"])
expect("rows named by image", paths, None)
three = ["scorer,,,me,me,me,me", "bodyparts,,,nose,nose,hip,hip", "coords,,,x,y,x,y", "labeled-data,v,1.png,1,2,3,4"]
expect("three index columns", load(three), None)
loaders = [name for name in dir(load_poses) if name.startswith("from_") and "coco" in name]
expect("loaders for COCO", loaders, [])
PYTHON
