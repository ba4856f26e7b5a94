"""How long `sspcm evaluate` takes beside the two libraries that measure the same. One JSON line.

python -m benchmarks.evaluation [--persons 20000] [--turns 3]

A made-up file of labelled persons, three an image, one in ten without a keypoint, and a prediction of each. Each way
reads both files and sums up COCO's figures for keypoints, in a process of its own, in turns: CPU seconds beyond the
start of its process (median), and the figures, which must be equal. Ours reports more: it checks every number, pairs
each person with their own prediction and tells errors by keypoint.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from sspcm.skeletons.skeleton import get_skeleton

PERSONS_AN_IMAGE = 3
WIDTH, HEIGHT = 1280, 960
OF_LIBRARIES = """
import contextlib, io, json, resource, sys
def used():
    one = resource.getrusage(resource.RUSAGE_SELF)
    return one.ru_utime + one.ru_stime
annotations, predictions, which = sys.argv[1:]
if which == "pycocotools":
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval
else:
    from faster_coco_eval import COCO, COCOeval_faster as COCOeval
began = used()
with contextlib.redirect_stdout(io.StringIO()):
    truth = COCO(annotations)
    measure = COCOeval(truth, truth.loadRes(predictions), "keypoints")
    measure.evaluate(); measure.accumulate(); measure.summarize()
print(json.dumps({"cpu_s": used() - began, "figures": [float(one) for one in measure.stats[:10]]}))
"""
OURS = """
import contextlib, io, json, resource, sys
def used():
    one = resource.getrusage(resource.RUSAGE_SELF)
    return one.ru_utime + one.ru_stime
import sspcm.commands.evaluate as command
from sspcm.commands.options import build_parser
annotations, predictions, _ = sys.argv[1:]
began, told = used(), io.StringIO()
with contextlib.redirect_stdout(told):
    files = ["--annotations", annotations, "--predictions", predictions]
    command.run(build_parser().parse_args(["evaluate", *files, "--json"]))
figures = json.loads(told.getvalue())
names = ("AP", "AP50", "AP75", "AP_medium", "AP_large", "AR", "AR50", "AR75", "AR_medium", "AR_large")
print(json.dumps({"cpu_s": used() - began, "figures": [figures[name] for name in names]}))
"""
WAYS = {"ours": OURS, "faster-coco-eval": OF_LIBRARIES, "pycocotools": OF_LIBRARIES}


def make_files(folder: Path, persons: int, seed: int = 0) -> tuple[Path, Path]:
    """Annotations and predictions of so many persons."""
    chance, skeleton = np.random.default_rng(seed), get_skeleton("coco-17")
    images = -(-persons // PERSONS_AN_IMAGE)
    annotations, predictions = [], []
    for number in range(1, persons + 1):
        size = chance.uniform(30, 300, 2)
        corner = chance.uniform(0, 1, 2) * (np.array([WIDTH, HEIGHT]) - size)
        visible = np.zeros(17, dtype=int) if chance.random() < 0.1 else chance.choice([0, 1, 2], 17, p=[0.2, 0.2, 0.6])
        xy = (corner + chance.uniform(0, 1, (17, 2)) * size).round(1)
        placed = np.column_stack([np.where(visible[:, None] > 0, xy, 0.0), visible])
        found = (xy + chance.normal(0, 1, (17, 2)) * chance.uniform(0.01, 0.12) * size).round(2)
        image = (number - 1) // PERSONS_AN_IMAGE + 1
        annotations.append(
            {
                "id": number,
                "image_id": image,
                "category_id": 1,
                "iscrowd": 0,
                "bbox": [*corner.round(1).tolist(), *size.round(1).tolist()],
                "area": round(float(0.53 * size.prod()), 1),
                "keypoints": placed.ravel().tolist(),
                "num_keypoints": int((visible > 0).sum()),
            }
        )
        predictions.append(
            {
                "image_id": image,
                "category_id": 1,
                "keypoints": np.column_stack([found, np.full(17, 0.5)]).ravel().tolist(),
                "score": round(float(chance.random()), 4),
            }
        )
    document = {
        "images": [{"id": i, "file_name": f"{i}.jpg", "width": WIDTH, "height": HEIGHT} for i in range(1, images + 1)],
        "annotations": annotations,
        "categories": [{"id": 1, "name": "person", "keypoints": list(skeleton.keypoints), "skeleton": []}],
    }
    paths = folder / "annotations.json", folder / "predictions.json"
    for path, content in zip(paths, (document, predictions), strict=True):
        path.write_text(json.dumps(content))
    return paths


def measure(paths: tuple[Path, Path], way: str) -> dict[str, Any]:
    """One way, in a process of its own."""
    command = [sys.executable, "-c", WAYS[way], *map(str, paths), way]
    told: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return told


def main() -> None:
    """Print the line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--persons", type=int, default=20_000)
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        paths = make_files(Path(folder), options.persons)
        runs = {way: list[dict[str, Any]]() for way in WAYS}
        for _ in range(options.turns):
            for way, found in runs.items():
                found.append(measure(paths, way))
    cpu = {way: median(one["cpu_s"] for one in found) for way, found in runs.items()}
    figures = {way: found[0]["figures"] for way, found in runs.items()}
    told = {
        "benchmark": "evaluation",
        "persons": options.persons,
        "cpu_s": {way: round(seconds, 2) for way, seconds in cpu.items()},
        "ours_over": {way: round(cpu["ours"] / cpu[way], 2) for way in cpu if way != "ours"},
        "apart": max(float(np.abs(np.subtract(figures["ours"], figures[way])).max()) for way in figures),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
