#!/usr/bin/env bash
# safetensors 0.8.0
# Surprise: a file gives its tensors neither in the order they were saved nor by name: wider types come first, then names.
# Hurts: code that matches a checkpoint's tensors to layers by position (converters of pose backbones do) loads them crossed.
# Here: weights are matched by name and shape, and what is missing or too many is named.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need safetensors==0.8.0 numpy==2.2.6

"$PY" - <<'PYTHON'
import numpy as np
from safetensors.numpy import load_file, save_file
from seen import expect

save_file({"b": np.zeros(2, np.float32), "a": np.zeros(2, np.float32), "c": np.zeros(2, np.int64)}, "x.safetensors")
expect("names of b, a (32 bits) and c (64 bits), as read", list(load_file("x.safetensors")), ["c", "a", "b"])
PYTHON
