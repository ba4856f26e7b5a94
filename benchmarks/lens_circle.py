"""In how many cameras the lens circle is found, how far off it is, and how long that takes. One JSON line.

python benchmarks/lens_circle.py [FOLDER] [--group-from scene]

FOLDER holds images/ and annotations.json; without one, the demo's pool is read. Where the file's images carry
lens = [x, y, radius], that is the truth.
"""

import argparse
import json
import time
from collections import defaultdict
from pathlib import Path
from statistics import median

import cv2
import numpy as np

from sspcm.fisheye import LensCircle
from sspcm.lens_finding import FoundLens, find_lens

DEMO = Path(__file__).resolve().parents[1] / "static" / "demo"
FRAMES_LOOKED_AT = 12


def main() -> None:
    """Measure camera after camera and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", metavar="FOLDER")
    parser.add_argument("--group-from", metavar="FIELD", help="the field of the images that names the camera")
    options = parser.parse_args()
    root = options.folder or DEMO
    entries = json.loads((root / ("annotations.json" if options.folder else "pool.json")).read_text())["images"]
    cameras = defaultdict(list)
    for entry in sorted(entries, key=lambda entry: entry["file_name"]):
        cameras[str(entry.get(options.group_from or "room", entry["file_name"]))].append(entry)
    measured = [measure(root / "images", frames) for frames in cameras.values()]
    found = [lens for lens, _, _ in measured if lens is not None]
    told = {
        "benchmark": "lens_circle",
        "folder": root.name,
        "cameras": len(measured),
        "found": len(found),
        "assumed": len(measured) - len(found),
        "median_arc_degrees": round(median(lens.arc_degrees for lens in found), 1) if found else None,
        **errors([(lens.lens, truth) for lens, truth, _ in measured if lens is not None and truth is not None]),
        "seconds_a_camera": round(median(seconds for _, _, seconds in measured), 3),
        "worst_seconds": round(max(seconds for _, _, seconds in measured), 3),
    }
    print(json.dumps(told))


def measure(images: Path, frames: list[dict]) -> tuple[FoundLens | None, LensCircle | None, float]:
    """What is found in a few spread frames of one camera, the truth if it is known, the seconds without reading."""
    size = (frames[0]["width"], frames[0]["height"])
    alike = [frame for frame in frames if (frame["width"], frame["height"]) == size]
    spread = np.unique(np.linspace(0, len(alike) - 1, min(FRAMES_LOOKED_AT, len(alike))).round().astype(int))
    pictures = [cv2.imread(str(images / alike[place]["file_name"])) for place in spread]
    began = time.perf_counter()
    found = find_lens(pictures)
    seconds = time.perf_counter() - began
    truth = frames[0].get("lens")
    return found, LensCircle(*truth) if truth else None, seconds


def errors(pairs: list[tuple[LensCircle, LensCircle]]) -> dict[str, float | int]:
    """Median and worst distance of centre and radius, in pixels and as a share of the radius."""
    told: dict[str, float | int] = {"with_truth": len(pairs)}
    if not pairs:
        return told
    apart = {
        "centre": [float(np.hypot(one.x - truth.x, one.y - truth.y)) for one, truth in pairs],
        "radius": [abs(one.radius - truth.radius) for one, truth in pairs],
    }
    for what, pixels in apart.items():
        shares = [100 * off / truth.radius for off, (_, truth) in zip(pixels, pairs, strict=True)]
        told |= {f"{what}_px_median": round(median(pixels), 3), f"{what}_px_worst": round(max(pixels), 3)}
        told |= {f"{what}_percent_median": round(median(shares), 3), f"{what}_percent_worst": round(max(shares), 3)}
    return told


if __name__ == "__main__":
    main()
