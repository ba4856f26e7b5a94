#!/usr/bin/env bash
# sleap-io 0.9.5, files .slp
# Surprise: in files of a format below 1.1 a pixel's centre is at .5, in newer ones at .0, and the reader subtracts .5 by the
#   number in the file. Whoever reads the HDF5 tables alone is off by half a pixel for old files.
# Hurts: half a pixel is more than the difference between two good decoders; it stays when labels go on to COCO.
# Here: the centre of the first pixel is (0, 0), as in .slp since 1.1 and in COCO's keypoints.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need sleap-io==0.9.5 pillow==12.3.0

"$PY" - <<'PYTHON'
import h5py
import numpy as np
import sleap_io
from PIL import Image
from seen import expect

Image.new("RGB", (64, 48)).save("1.png")
skeleton = sleap_io.Skeleton(["a", "b"])
instance = sleap_io.Instance.from_numpy(np.array([[0.0, 0.0], [10.0, 20.0]]), skeleton=skeleton)
frame = sleap_io.LabeledFrame(video=sleap_io.Video.from_filename(["1.png"]), frame_idx=0, instances=[instance])
sleap_io.save_file(sleap_io.Labels([frame]), "x.slp")
with h5py.File("x.slp", "a") as file:
    expect("stored in a new file", [[float(x), float(y)] for x, y, *_ in file["points"][:]], [[0, 0], [10, 20]])
    file["metadata"].attrs["format_id"] = 1.0
    rows = file["instances"][:]
    del file["instances"]  # tables of that format have no score of the tracking
    file["instances"] = rows[[name for name in rows.dtype.names if name != "tracking_score"]].copy()
old = sleap_io.load_slp("x.slp")[0].instances[0].numpy().tolist()
expect("the same numbers read as a file of format 1.0", old, [[-0.5, -0.5], [9.5, 19.5]])
PYTHON
