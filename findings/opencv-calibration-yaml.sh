#!/usr/bin/env bash
# opencv-python-headless 5.0.0.93 and 4.12.0.88, PyYAML 6.0.3
# Surprise: a calibration written as YAML by cv2.FileStorage is no YAML to PyYAML. 5.0's has a tag (!!opencv-matrix) that
#   safe_load does not know; 4.12's fails at its first line already, "%YAML:1.0".
# Hurts: camera calibrations travel as these files; a tool that reads "YAML" refuses them, or people strip lines by hand.
# Here: a lens is three numbers in the image's field `lens`; calibration files are not read.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

for version in 4.12.0.88 5.0.0.93; do
    need opencv-python-headless=="$version" numpy==2.2.6 PyYAML==6.0.3
    VERSION=${version%%.*} "$PY" - <<'PYTHON'
import os
from pathlib import Path

import cv2
import numpy as np
import yaml
from seen import expect

old = os.environ["VERSION"] == "4"
storage = cv2.FileStorage("camera.yml", cv2.FILE_STORAGE_WRITE)
storage.write("K", np.eye(3))
storage.release()
text = Path("camera.yml").read_text()
expect(f"{cv2.__version__}: first line", text.splitlines()[0], "%YAML:1.0" if old else "%YAML 1.2")
try:
    yaml.safe_load(text)
    error = "none"
except yaml.YAMLError as problem:
    error = type(problem).__name__
expect(f"{cv2.__version__}: PyYAML's error", error, "ScannerError" if old else "ConstructorError")
PYTHON
done
