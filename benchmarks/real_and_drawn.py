"""What gives drawn scenes away: statistics of real frames beside those of drawn ones. One JSON line, and a chart.

    python benchmarks/real_and_drawn.py REAL DRAWN [--real-group scene] [--drawn-group room] [--chart FILE.svg]

Each folder holds images/ and a COCO annotations.json. Frames of one group (a camera, a room) count once, by their mean.
Only numbers leave this script, no pixel of any frame.
"""

import argparse
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import cv2
import numpy as np

FRAMES_A_GROUP = 10
WIDTH = 640
COLOURS = {"real": "#4f7cac", "drawn": "#d97b29"}
TOLD = {
    "brightness": "mean grey, 0 to 255",
    "spread": "standard deviation of grey",
    "darkest": "5th percentile of grey",
    "brightest": "95th percentile of grey",
    "colour": "mean of (max - min) of red, green, blue, in %",
    "edges": "pixels with a step of over 15 grey levels, in %",
    "grain": "noise by the median Laplacian, grey levels",
    "person": "longer side of a person's box, in % of the frame's",
}


def main() -> None:
    """Print quartiles of every statistic, real and drawn, as one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("real", type=Path, nargs="?")
    parser.add_argument("drawn", type=Path, nargs="?")
    parser.add_argument("--real-group", default="scene")
    parser.add_argument("--drawn-group", default="room")
    parser.add_argument("--chart", type=Path, help="also draw the quartiles (SVG)")
    options = parser.parse_args()
    if options.real is None or options.drawn is None:
        print(json.dumps({"benchmark": "real_and_drawn", "skipped": "no folders given: REAL DRAWN"}))
        return
    sides = {
        "real": group_statistics(options.real, options.real_group),
        "drawn": group_statistics(options.drawn, options.drawn_group),
    }
    quartiles = {name: {side: three(rows[name]) for side, rows in sides.items()} for name in TOLD}
    if options.chart:
        options.chart.write_text(chart(quartiles))
    groups = {side: len(rows["brightness"]) for side, rows in sides.items()}
    print(json.dumps({"benchmark": "real_and_drawn", "groups": groups, "quartiles": quartiles}))


def three(values: list[float]) -> list[float]:
    """The quartiles of what is known."""
    return [round(float(q), 2) for q in np.nanpercentile(values, (25, 50, 75))]


def group_statistics(folder: Path, group: str) -> dict[str, list[float]]:
    """Each statistic's mean in each group of frames."""
    coco = json.loads((folder / "annotations.json").read_text())
    boxes: dict[int, list[Any]] = defaultdict(list)
    for person in coco["annotations"]:
        boxes[person["image_id"]].append(person["bbox"])
    frames: dict[str, list[dict[str, float]]] = defaultdict(list)
    for image in coco["images"]:
        if len(frames[image[group]]) < FRAMES_A_GROUP:
            frames[image[group]].append(statistics(folder / "images" / image["file_name"], boxes[image["id"]]))
    return {name: [mean_of_known([f[name] for f in found]) for found in frames.values()] for name in TOLD}


def mean_of_known(values: list[float]) -> float:
    """The mean without NaN; NaN if nothing is known."""
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")


def statistics(path: Path, boxes: list[list[float]]) -> dict[str, float]:
    """The statistics of one frame, of what lies well inside its inscribed circle."""
    frame = cv2.imread(str(path))
    longer = max(frame.shape[:2])
    scale = min(1.0, WIDTH / longer)
    frame = cv2.resize(frame, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    height, width = frame.shape[:2]
    ys, xs = np.mgrid[:height, :width]
    inside = np.hypot(xs - (width - 1) / 2, ys - (height - 1) / 2) < 0.42 * min(width, height)
    grey = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY).astype(float)
    step = np.hypot(cv2.Sobel(grey, cv2.CV_64F, 1, 0), cv2.Sobel(grey, cv2.CV_64F, 0, 1)) / 8
    laplacian = np.abs(cv2.Laplacian(grey, cv2.CV_64F))[inside]
    colours = frame.astype(float)
    return {
        "brightness": float(grey[inside].mean()),
        "spread": float(grey[inside].std()),
        "darkest": float(np.percentile(grey[inside], 5)),
        "brightest": float(np.percentile(grey[inside], 95)),
        "colour": float((colours.max(2) - colours.min(2))[inside].mean() / 2.55),
        "edges": float((step[inside] > 15).mean() * 100),
        "grain": float(np.median(laplacian) / 0.6745 / np.sqrt(20)),
        "person": float(np.mean([max(b[2:]) for b in boxes]) / longer * 100) if boxes else float("nan"),
    }


def chart(quartiles: dict[str, dict[str, list[float]]]) -> str:
    """Quartiles as bars with their median, real above drawn, one row a statistic."""
    left, wide, row = 300, 420, 46
    lines = []
    for i, (name, sides) in enumerate(quartiles.items()):
        y = 40 + i * row
        top = max(value for values in sides.values() for value in values) * 1.15 or 1
        lines.append(f'<text x="{left - 12}" y="{y + 15}" text-anchor="end">{TOLD[name]}</text>')
        for j, (side, (low, middle, high)) in enumerate(sides.items()):
            at, colour = y + j * 15, COLOURS[side]
            x, end, mid = (left + wide * value / top for value in (low, high, middle))
            bar = f'x="{x:.1f}" y="{at}" width="{max(end - x, 2):.1f}" height="11" rx="2" opacity=".55"'
            lines.append(f'<rect {bar} fill="{colour}"/>')
            lines.append(f'<rect x="{mid - 1.5:.1f}" y="{at - 1}" width="3" height="13" fill="{colour}"/>')
            told = f"{low:g} / {middle:g} / {high:g}"
            lines.append(f'<text x="{left + wide + 10}" y="{at + 10}" class="value">{told}</text>')
    height = 50 + len(quartiles) * row
    key = "".join(f'<tspan fill="{colour}">■</tspan> {side}  ' for side, colour in COLOURS.items())
    return f"""<svg xmlns="http://www.w3.org/2000/svg"
 viewBox="0 0 900 {height}" font-family="sans-serif" font-size="13">
<style>text {{ fill: #333 }} .value {{ font-size: 11px; fill: #666 }}</style>
<rect width="900" height="{height}" fill="#fff"/>
<text x="{left}" y="22">{key}: quartiles over cameras</text>
{"".join(lines)}
</svg>
"""


if __name__ == "__main__":
    main()
