#!/usr/bin/env bash
# rtmlib 0.0.16
# Surprise: the score of a keypoint is the MEAN of its two maxima along x and y (MMPose takes the smaller one, as rtmlib's own
#   3D decoder does), and RTMPose.preprocess does not turn BGR into RGB: it normalises what it is given.
# Hurts: thresholds tuned in MMPose let more wrong points through; a picture from cv2.imread goes in with red and blue
#   exchanged relative to how the networks were trained.
# Here: pre-labels take the smaller of the two maxima as the confidence.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need rtmlib==0.0.16 opencv-python-headless==5.0.0.93

"$PY" - <<'PYTHON'
import numpy as np
from rtmlib.tools.pose_estimation.post_processings import get_simcc_maximum
from rtmlib.tools.pose_estimation.rtmpose import RTMPose
from seen import expect

x, y = np.zeros((1, 1, 8)), np.zeros((1, 1, 8))
x[0, 0, 3], y[0, 0, 5] = 0.9, 0.1
expect("score of maxima .9 and .1", round(float(get_simcc_maximum(x, y)[1][0, 0]), 6), 0.5)
model = RTMPose.__new__(RTMPose)  # preprocess alone, without a network
model.model_input_size, model.mean, model.std = (48, 64), (0, 0, 0), (1, 1, 1)
blue_first = np.zeros((64, 48, 3), np.uint8)
blue_first[..., 0] = 200
ready = model.preprocess(blue_first, [0, 0, 48, 64])[0]
expect("brightest channel of a picture whose channel 0 is bright", int(np.argmax(ready.reshape(-1, 3).sum(0))), 0)
PYTHON
