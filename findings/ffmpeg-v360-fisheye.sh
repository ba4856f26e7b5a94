#!/usr/bin/env bash
# imageio-ffmpeg 0.8.1 (brings FFmpeg n9.0.2)
# Surprise: `v360=output=fisheye` is the equidistant lens. Its neighbours put a direction 45 degrees off axis elsewhere:
#   .500 of the circle's radius there, .541 for equisolid, .415 for sg (stereographic), .707 for og (orthographic).
# Hurts: frames dewarped with the name that sounded right are off by up to a fifth of the radius, and keypoints with them.
# Here: turning a person upright works for every radial lens; only drawn scenes assume a model, and they name it.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need imageio-ffmpeg==0.8.1 numpy==2.2.6 pillow==12.3.0

"$PY" - <<'PYTHON'
import subprocess

import imageio_ffmpeg
import numpy as np
from PIL import Image
from seen import expect

sphere = np.zeros((1000, 2000, 3), np.uint8)
sphere[494:506, 1244:1256] = 255  # 45 degrees to the right of the centre, all around being 2000 columns
Image.fromarray(sphere).save("sphere.png")
for lens, wanted in (("fisheye", 0.500), ("equisolid", 0.541), ("sg", 0.414), ("og", 0.707)):
    view = f"v360=input=equirect:output={lens}:h_fov=180:v_fov=180:w=1001:h=1001"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-y", "-i", "sphere.png", "-vf", view, "seen.png"]
    subprocess.run(command, check=True)
    seen = np.asarray(Image.open("seen.png").convert("L"), dtype=float)
    x = (np.arange(1001) * (seen > 60)).sum() / (seen > 60).sum()
    expect(f"{lens}: 45 degrees lands at", round(float((x - 500) / 500.5), 3), wanted, within=0.002)
PYTHON
