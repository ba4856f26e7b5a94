"""From raw frames with boxes to a ranked queue of skeletons by one command, told in numbers and stick figures.

    python benchmarks/cold_start.py FOLDER --model MODEL.onnx [--group-from scene] [--pictures docs/images]

FOLDER holds images/ and a COCO annotations.json, of which only the boxes are used. Prints one JSON line; the pictures
show skeletons and numbers alone, no pixel of any frame.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from app.cameras.lenses import lens_of
from app.home.settings import read_settings
from db.pool import cameras, images
from db.pool.persons import list_persons
from db.records import PersonScore
from db.rounds import predictions
from db.store.session import open_store
from sspcm.fisheye import upright_angle
from sspcm.geometry import apply, rotation, translation
from sspcm.pose import Box
from sspcm.skeletons.skeleton import BUILT_IN

ROOT = Path(__file__).resolve().parents[1]
SHOWN = 36
SKELETON = BUILT_IN["coco-17"]
LEFT, RIGHT, MIDDLE, FLAG = "#2f6fb5", "#c8641d", "#777", "#c2185b"


def main() -> None:
    """Import, predict and rank in a new home; print what came out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--group-from")
    parser.add_argument("--pictures", type=Path, help="where to write cold-start-*.svg")
    options = parser.parse_args()
    if options.folder is None or options.model is None:
        print(json.dumps({"benchmark": "cold_start", "skipped": "no FOLDER and --model given"}))
        return
    with tempfile.TemporaryDirectory() as place:
        home, boxes = Path(place) / "home", Path(place) / "boxes.json"
        boxes.write_text(json.dumps(boxes_alone(json.loads((options.folder / "annotations.json").read_text()))))
        command(home, "migrate")
        began = time.perf_counter()
        group = ("--group-from", options.group_from) if options.group_from else ()
        images_dir = str(options.folder / "images")
        report = command(
            home, "import", images_dir, "--annotations", str(boxes), *group, "--prelabel", str(options.model), "--json"
        )
        seconds = time.perf_counter() - began
        queue = command(home, "queue", "--limit", "5", "--json")
        found = read(home)
    if options.pictures:
        (options.pictures / "cold-start-people.svg").write_text(stick_figures(found))
        (options.pictures / "cold-start-scores.svg").write_text(histogram([one["score"].score for one in found]))
    told = {"benchmark": "cold_start", "seconds": round(seconds, 1), **summary(found), "import": report, "queue": queue}
    print(json.dumps(told))


def boxes_alone(coco: dict[str, Any]) -> dict[str, Any]:
    """The same file as a team without a label would have it."""
    kept = ("id", "image_id", "category_id", "iscrowd", "bbox", "rbbox")
    persons = [{key: a[key] for key in kept if key in a} for a in coco["annotations"]]
    return {**coco, "categories": [{"id": 1, "name": "person"}], "annotations": persons}


def command(home: Path, *words: str) -> Any:
    """Run one command of the application; what it printed, as data where it is JSON."""
    line = [sys.executable, "-P", "-m", "app", "--home", str(home), *words]
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    done = subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(words[:1])} ended with {done.returncode}: {done.stderr.strip()}")
    return json.loads(done.stdout) if "--json" in words else None


def read(home: Path) -> list[dict[str, Any]]:
    """Every predicted person, the least certain first: keypoints turned upright in units of the box, and the score."""
    store = open_store(read_settings(home, {}).database_url)
    with store.reading() as tx:
        by_id = {image.id: image for image in images.list_images(tx)}
        persons = {person.id: person for person in list_persons(tx)}
        known = predictions.imported(tx, list(persons))
        scores = predictions.imported_scores(tx, list(persons))
        sources = {camera.id: camera.lens_source for camera in cameras.list_cameras(tx)}
    store.close()
    found = []
    for person_id, stored in known.items():
        box, image = persons[person_id].box, by_id[persons[person_id].image_id]
        lens = lens_of(image)
        up = upright_angle(box.centre, lens) if lens else 0.0
        xyc = stored.prediction.xyc
        found.append(
            {
                "xy": turned_upright(xyc[:, :2], box, up),
                "confidence": xyc[:, 2],
                "score": scores[person_id],
                "lens": sources[image.camera.id],
            }
        )
    return sorted(found, key=lambda one: -one["score"].score)


def turned_upright(xy: np.ndarray, box: Box, up: float) -> np.ndarray:
    """Image pixels as seen upright about the box's centre, in units of its longer side."""
    x, y = box.centre
    return np.asarray(apply(rotation(-up) @ translation(-x, -y), xy) / max(box.width, box.height))


def summary(found: list[dict[str, Any]]) -> dict[str, Any]:
    """How many skeletons a person would call plausible: upright, both sides alike, inside the box."""
    upright = [one["xy"][[5, 6], 1].mean() < one["xy"][[11, 12], 1].mean() for one in found]
    alike = [sides_alike(one["xy"]) for one in found]
    inside = [bool((np.abs(one["xy"]) < 0.75).all()) for one in found]
    scores = [one["score"].score for one in found]
    return {
        "persons": len(found),
        "lens_found": sum(one["lens"] == "found" for one in found),
        "flagged": sum(bool(one["score"].flags) for one in found),
        "shoulders_above_hips": round(float(np.mean(upright)), 3),
        "sides_alike": round(float(np.mean(alike)), 3),
        "inside_the_box": round(float(np.mean(inside)), 3),
        "score_quartiles": [round(float(q), 3) for q in np.percentile(scores, (25, 50, 75))],
        "mean_confidence": round(float(np.mean([one["confidence"].mean() for one in found])), 3),
    }


def sides_alike(xy: np.ndarray) -> bool:
    """Whether upper arms, forearms, thighs and shins are at most three times as long on one side as on the other."""
    bones = (((5, 7), (6, 8)), ((7, 9), (8, 10)), ((11, 13), (12, 14)), ((13, 15), (14, 16)))
    lengths = [[math.dist(xy[a], xy[b]) + 0.03 for a, b in pair] for pair in bones]
    return all(max(pair) / min(pair) < 3 for pair in lengths)


def stick_figures(found: list[dict[str, Any]]) -> str:
    """Skeletons from all over the queue, the least certain first; flagged keypoints ringed."""
    columns, cell = 12, 100
    chosen = [found[int(i)] for i in np.linspace(0, len(found) - 1, min(SHOWN, len(found)))]
    rows = math.ceil(len(chosen) / columns)
    parts = []
    for i, one in enumerate(chosen):
        x, y = (i % columns + 0.5) * cell, (i // columns + 0.5) * cell
        points = [(x + p[0] * cell * 0.8, y + p[1] * cell * 0.8) for p in one["xy"]]
        for a, b in SKELETON.edges:
            (ax, ay), (bx, by) = points[a], points[b]
            line = f'x1="{ax:.1f}" y1="{ay:.1f}" x2="{bx:.1f}" y2="{by:.1f}"'
            parts.append(f'<line {line} stroke="{side(a, b)}" stroke-width="2.2" stroke-linecap="round"/>')
        score: PersonScore = one["score"]
        for flag in score.flags:
            fx, fy = points[flag.keypoint]
            parts.append(
                f'<circle cx="{fx:.1f}" cy="{fy:.1f}" r="4.5" fill="none" stroke="{FLAG}" stroke-width="1.4"/>'
            )
        parts.append(f'<text x="{x - 46:.0f}" y="{y + 46:.0f}">{score.score:.2f}</text>')
    return svg(columns * cell, rows * cell, parts)


def side(a: int, b: int) -> str:
    """Left blue, right orange, across grey."""
    names = (SKELETON.keypoints[a], SKELETON.keypoints[b])
    if all(name.startswith("left") for name in names):
        return LEFT
    return RIGHT if all(name.startswith("right") for name in names) else MIDDLE


def histogram(scores: list[float]) -> str:
    """How many persons have which inconsistency."""
    counts, edges = np.histogram(np.clip(scores, 0, 1), bins=25, range=(0, 1))
    wide, high = 28, 160
    parts = []
    for i, count in enumerate(counts):
        bar = high * count / max(counts.max(), 1)
        shape = f'x="{40 + i * wide}" y="{20 + high - bar:.1f}" width="{wide - 3}" height="{bar:.1f}"'
        parts.append(f'<rect {shape} fill="{LEFT}" opacity=".75"/>')
        if count:
            parts.append(f'<text x="{40 + i * wide + 3}" y="{15 + high - bar:.1f}">{count}</text>')
        if i % 5 == 0:
            parts.append(f'<text x="{40 + i * wide}" y="{high + 36}">{edges[i]:.1f}</text>')
    parts.append(f'<text x="{40 + 25 * wide}" y="{high + 36}">1.0</text>')
    parts.append(f'<text x="40" y="{high + 54}">inconsistency of a person before any label</text>')
    return svg(40 + 25 * wide + 40, high + 64, parts)


def svg(width: int, height: int, parts: list[str]) -> str:
    """A picture on white."""
    body = "\n".join(parts)
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif">
<style>text {{ font-size: 11px; fill: #555 }}</style>
<rect width="{width}" height="{height}" fill="#fff"/>
{body}
</svg>
"""


if __name__ == "__main__":
    main()
