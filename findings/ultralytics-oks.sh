#!/usr/bin/env bash
# ultralytics 8.4.190 (validation of pose models)
# Surprise: OKS takes box width x height x 0.53 for the area, and for any skeleton but COCO's 17 the sigma 1 / K for each of K
#   keypoints, unless data.yaml has `kpt_oks_sigmas`. With 4 keypoints that is .25: a miss of a quarter of the body counts
#   as good.
# Hurts: mAP of a custom skeleton looks excellent, rises when keypoints are taken away, and compares with no other tool's.
# Here: OKS divides by the area in the file and takes the skeleton's own sigmas (.07 where none are known, which is said).
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need torch==2.14.1 torchvision==0.29.1 ultralytics==8.4.190 albumentationsx==2.5.1 opencv-python-headless==5.0.0.93
export YOLO_CONFIG_DIR=$PWD YOLO_OFFLINE=true

"$PY" - <<'PYTHON'
import math
from types import SimpleNamespace

import torch
from seen import expect
from ultralytics.models.yolo.pose.val import PoseValidator
from ultralytics.utils.metrics import kpt_iou

model = SimpleNamespace(names={0: "person"}, end2end=False)
for keypoints, wanted in ((14, 1 / 14), (4, 0.25)):
    validator = PoseValidator()
    validator.data = {"kpt_shape": [keypoints, 3], "val": "", "names": {0: "person"}}
    try:
        validator.init_metrics(model)
    except AttributeError:  # what follows the sigmas needs a data loader
        pass
    expect(f"sigma of each of {keypoints} keypoints", round(float(validator.sigma[0]), 6), round(wanted, 6))

areas = []
import ultralytics.models.yolo.pose.val as module

module.kpt_iou = lambda truth, found, sigma, area: areas.append(float(area[0])) or kpt_iou(truth, found, sigma=sigma, area=area)
truth = torch.tensor([[[10.0, 10.0, 1.0], [20.0, 20.0, 2.0], [0.0, 0.0, 0.0], [5.0, 5.0, 1.0]]])
found = truth.clone()
found[0, 0, 0] += 20  # the hidden one
box = torch.tensor([[0.0, 0.0, 40.0, 50.0]])
people = {"cls": torch.zeros(1), "bboxes": box, "keypoints": truth}
validator.iouv, validator.niou = torch.linspace(0.5, 0.95, 10), 10
validator._process_batch({"cls": torch.zeros(1), "bboxes": box, "conf": torch.ones(1), "keypoints": found}, people)
expect("area of a box of 40 x 50 px", areas[0], 1060.0, within=0.01)
oks = float(kpt_iou(truth, found, sigma=[0.25] * 4, area=torch.tensor([1060.0])))
hand = (2 + math.exp(-400 / (1060 * 2 * 0.5**2))) / 3
expect("OKS where a hidden keypoint (v = 1) is 20 px off: it counts", round(oks, 4), round(hand, 4))
PYTHON
