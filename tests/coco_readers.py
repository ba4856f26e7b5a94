"""A data set's labels held against themselves by one of the field's three readers.

Run as a program in the reader's own environment: the reader's name as argument, one JSON list of
[document, sigmas] on standard input, one JSON list of findings on standard output. Imports nothing of the project.
"""

import contextlib
import importlib
import io
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

MODULES = {
    "pycocotools": ("pycocotools.coco", "pycocotools.cocoeval", "COCOeval"),
    "faster-coco-eval": ("faster_coco_eval.core.coco", "faster_coco_eval", "COCOeval_faster"),
    "xtcocotools": ("xtcocotools.coco", "xtcocotools.cocoeval", "COCOeval"),
}


def results_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The labels of persons as the results of a network that places every keypoint exactly."""
    labelled = [a for a in document["annotations"] if a["num_keypoints"] > 0 and not a["iscrowd"]]
    kept = ("image_id", "category_id", "keypoints")
    return [{key: a[key] for key in kept} | {"score": 1.0 - n / 1e6} for n, a in enumerate(labelled)]


def average_precision(reader: str, document: dict[str, Any], sigmas: list[float], *, people: bool) -> float:
    """AP of the labels against themselves, over the categories of persons or over all; -1 where nothing is measured."""
    coco, cocoeval, name = MODULES[reader]
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        path = Path(folder) / "labels.json"
        path.write_text(json.dumps(document, allow_nan=False), encoding="utf-8")
        truth = importlib.import_module(coco).COCO(str(path))
        results = results_of(document)
        measure = getattr(importlib.import_module(cocoeval), name)(truth, truth.loadRes(results), "keypoints")
        measure.sigmas = np.array(sigmas)  # xtcocotools' place for them; the others look among the parameters
        measure.params.kpt_oks_sigmas = np.array(sigmas)
        measure.params.maxDets = [max(20, len(results))]
        if people:
            measure.params.catIds = sorted({a["category_id"] for a in results})
        measure.evaluate()
        measure.accumulate()
        return float(np.mean(found) if (found := (p := measure.eval["precision"][..., 0, -1])[p > -1]).size else -1)


def finding(reader: str, document: dict[str, Any], sigmas: list[float]) -> str:
    """Empty where the labels are right against themselves, else what is wrong, in words."""
    try:
        found = {people: average_precision(reader, document, sigmas, people=people) for people in (True, False)}
    except Exception as error:  # a reader may fail in any way
        return f"{reader}: {type(error).__name__}: {error}"
    wrong = {("people" if people else "all"): ap for people, ap in found.items() if abs(ap - 1) > 1e-9}
    return f"{reader}: AP {wrong}" if wrong else ""


if __name__ == "__main__":
    json.dump([finding(sys.argv[1], document, sigmas) for document, sigmas in json.load(sys.stdin)], sys.stdout)
