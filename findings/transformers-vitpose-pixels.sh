#!/usr/bin/env bash
# transformers 5.24.0
# Surprise: the first and last pixels of a VitPose's heatmap stand for the first and last pixels of the crop ("unbiased data
#   processing"), so pixel u of 48 is crop pixel u * 191 / 47 of 192, and not 4 u as the sizes suggest.
# Hurts: a VitPose that was exported as heatmaps and is read by its stride of 4, as top-down readers do, puts every keypoint
#   towards the upper left: 1.5 crop pixels in the middle, 3 at the far ends.
# Here: a VitPose that is trained or exported from its folder has its heatmaps read anew at crop pixels 4 u. An ONNX file does
#   not say which of the two it means: ours and others' top-down heatmaps are read as 4 u.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need transformers==5.24.0 numpy==2.2.6 pillow==12.3.0 scipy==1.17.1

"$PY" - <<'PYTHON'
import numpy as np
from seen import expect
from transformers.models.vitpose.image_processing_pil_vitpose import get_warp_matrix, transform_preds

# A box of 191 x 255 pixels from 0, 0: in it, image pixels are the crop's.
centre, box, crop = np.array([95.5, 127.5]), np.array([191.0, 255.0]), np.array([192.0, 256.0])
matrix = get_warp_matrix(0, centre * 2, crop - 1, box)
expect("image pixel 100, 100 in the crop", [round(float(v), 3) for v in matrix @ [100, 100, 1]], [100.0, 100.0])
places = transform_preds(np.array([[0.0, 0.0], [23.5, 31.5], [47.0, 63.0]]), centre, box / 200, [64, 48])
expect("heatmap's first pixel", [round(float(v), 3) for v in places[0]], [0.0, 0.0])
expect("its middle, 23.5, 31.5", [round(float(v), 3) for v in places[1]], [95.5, 127.5])
expect("its last pixel, 47, 63", [round(float(v), 3) for v in places[2]], [191.0, 255.0])
PYTHON
