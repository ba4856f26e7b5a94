"""How many errors in labels a check finds, by kind: errors are put into the labels of a COCO folder. One JSON line.

python -m benchmarks.label_checks FOLDER --predictions FILE [FILE...] [--plain] [--model MODEL.onnx] [--draws 3]

FOLDER holds images/ and annotations.json. What wrong labels look like is learned on one half of the images (of rooms,
scenes and photographs as wholes), and measured on the other: an error of a random kind in 2, 5 and 10 % of the labels.
`as_they_are` is what is found there where nothing was put in. --model writes the first FILE, where there is none.
"""

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from sspcm.commands.check import labelled_people
from sspcm.cutting import read_image
from sspcm.evaluation.prediction_files import by_person, read_predictions
from sspcm.formats.coco.reading import CocoFile, lens_of, read_coco, read_json
from sspcm.label_checks.checking import check_by
from sspcm.label_checks.evidence import gather
from sspcm.label_checks.finding import KINDS
from sspcm.label_checks.fitting import Fitted, count, f1, learn
from sspcm.label_checks.injecting import Injected, inject
from sspcm.label_checks.people import LabelledPeople, agreed
from sspcm.label_checks.suspicions import Suspicion, settle, suspect
from sspcm.pose_models.copies import Person, judge
from sspcm.pose_models.model import read_pose_model
from sspcm.simulation.people import GROUPED_BY

SHARES = (0.02, 0.05, 0.1)
SIZES = (1.2, 2.0, 3.0, 4.0)
DRAWN_AGAIN = 400
PERSONS_A_BATCH = 16
Thing = TypeVar("Thing", Injected, Suspicion)


def read_people(folder: Path, files: Sequence[Path], *, plain: bool) -> tuple[LabelledPeople, np.ndarray]:
    """Everybody of the folder, and the group that each belongs to. Crops of one photograph are put back into it."""
    annotations = folder / "annotations.json"
    coco, raw = read_coco(annotations), {one["id"]: one for one in read_json(annotations)["images"]}
    networks = {path.stem: by_person(coco, read_predictions(path), path.name) for path in files}
    people = labelled_people(coco, networks, plain=plain)
    shown = [raw[image] for image in people.images.tolist()]
    group = [next((one[name] for name in GROUPED_BY if name in one), one["id"]) for one in shown]
    return _back_in_photographs(people, shown), np.unique(np.array(group, dtype=str), return_inverse=True)[1]


def _back_in_photographs(people: LabelledPeople, shown: Sequence[dict[str, Any]]) -> LabelledPeople:
    if not all("crop_xyxy" in one for one in shown):
        return people
    corner = np.array([one["crop_xyxy"][:2] for one in shown], dtype=np.float64)
    scale = np.array([(one["crop_xyxy"][2] - one["crop_xyxy"][0]) / one["width"] for one in shown])

    def back(xyz: np.ndarray) -> np.ndarray:
        return np.concatenate([xyz[..., :2] * scale[:, None, None] + corner[:, None], xyz[..., 2:]], axis=-1)

    return replace(
        people,
        images=np.array([one["source_image_id"] for one in shown]),
        xyv=np.where(people.xyv[..., 2:] > 0, back(people.xyv), 0.0),
        boxes=np.concatenate([people.boxes[:, :2] * scale[:, None] + corner, people.boxes[:, 2:] * scale[:, None]], 1),
        area=people.area * scale**2,
        frames=corner + people.frames * scale[:, None],
        networks={name: back(poses) for name, poses in people.networks.items()},
    )


def write_predictions(folder: Path, model_file: Path, out: Path, *, plain: bool) -> None:
    """What a pose model says of everybody with a label, as pre-labelling stores it."""
    coco, model = read_coco(folder / "annotations.json"), read_pose_model(model_file, threads=1)
    frames = {image.id: image for image in coco.images}
    people = [one for one in coco.persons if one.person.label is not None and one.person.label.labelled.any()]
    results = []
    for first in range(0, len(people), PERSONS_A_BATCH):
        some = people[first : first + PERSONS_A_BATCH]
        seen = [_person(folder, coco, frames, one, plain=plain) for one in some]
        for one, judged in zip(some, judge(model, seen, skeleton=coco.skeleton), strict=True):
            keypoints = judged.prediction.xyc.round(3).ravel().tolist()
            results.append(
                {"image_id": one.image_id, "annotation_id": one.id, "category_id": 1, "keypoints": keypoints}
            )
    out.write_text(json.dumps(results))


def _person(folder: Path, coco: CocoFile, frames: Any, one: Any, *, plain: bool) -> Person:
    image = frames[one.image_id]
    pixels = read_image(folder / "images" / image.file_name)
    return Person(pixels, one.person.box, None if plain else lens_of(image), one.person.oks_area)


@dataclass(frozen=True, eq=False)
class Measured:
    """Errors found, findings that are none, errors not found, by image and kind. jitter: sizes, and what was found."""

    counts: np.ndarray
    jitter: tuple[tuple[float, bool], ...]


def measure(people: LabelledPeople, fitted: Fitted, share: float, rng: np.random.Generator) -> Measured:
    """Put errors in and look for them."""
    broken, done = inject(people, share, rng)
    evidence = gather(broken)
    found = settle(suspect(evidence, fitted))
    images, place = np.unique(broken.images, return_inverse=True)
    counts = np.zeros((len(images), len(KINDS), 3), dtype=np.int64)
    errors, suspicions = _by_image(done, place), _by_image(found, place)
    for image in {*errors, *suspicions}:
        told = count(evidence, errors.get(image, []), suspicions.get(image, []))
        counts[image] = np.stack([told[kind] for kind in KINDS])
    places = {(one.person, one.keypoints[0]) for one in found if one.question == "misplaced"}
    jitter = tuple((one.size, (one.person, one.keypoints[0]) in places) for one in done if one.kind == "jitter")
    return Measured(counts, jitter)


def _by_image(things: Sequence[Thing], place: np.ndarray) -> dict[int, list[Thing]]:
    found: dict[int, list[Thing]] = {}
    for one in things:
        found.setdefault(int(place[one.person]), []).append(one)
    return found


def figures(counts: np.ndarray, rng: np.random.Generator) -> dict[str, Any]:
    """F1, precision and recall by kind with F1's 95 % interval over images, and of all kinds together."""
    total = counts.sum(0)
    share = np.full(len(counts), 1 / len(counts))
    drawn = rng.multinomial(len(counts), share, size=DRAWN_AGAIN)
    again = np.tensordot(drawn, counts, 1)
    rows = {kind: (total[k], again[:, k]) for k, kind in enumerate(KINDS)} | {"all": (total.sum(0), again.sum(1))}
    return {name: _figure(row, draws) for name, (row, draws) in rows.items() if row[0] + row[2]}


def _figure(row: np.ndarray, draws: np.ndarray) -> dict[str, Any]:
    right, wrong, missed = row.tolist()
    low, high = np.nanpercentile([f1(*one) for one in draws], (2.5, 97.5))
    return {
        "errors": right + missed,
        "f1": [round(float(one), 3) for one in (f1(right, wrong, missed), low, high)],
        "precision": round(right / max(right + wrong, 1), 3),
        "recall": round(right / (right + missed), 3),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", metavar="FOLDER")
    parser.add_argument("--predictions", type=Path, nargs="+", metavar="FILE", default=[])
    parser.add_argument("--model", type=Path, metavar="MODEL.onnx")
    parser.add_argument("--plain", action="store_true", help="images are upright as they are")
    parser.add_argument("--draws", type=int, default=3, help="how often errors are put in (default: 3)")
    parser.add_argument("--findings", type=Path, metavar="FILE", help="write what is found in the labels as they are")
    options = parser.parse_args()
    if options.folder is None:
        print(json.dumps({"benchmark": "label_checks", "skipped": "no FOLDER given"}))
        return
    if options.model and options.predictions and not options.predictions[0].exists():
        write_predictions(options.folder, options.model, options.predictions[0], plain=options.plain)
    people, group = read_people(options.folder, options.predictions, plain=options.plain)
    is_learned = np.isin(group, np.random.default_rng(0).permutation(group.max() + 1)[: (group.max() + 1) // 2])
    one, other = people.of(np.flatnonzero(is_learned)), people.of(np.flatnonzero(~is_learned))
    began = time.process_time()
    fitted = learn(one, np.random.default_rng(1))
    told: dict[str, Any] = {
        "benchmark": "label_checks",
        "folder": options.folder.name,
        "networks": sorted(people.networks),
        "learned_on": len(one),
        "measured_on": len(other),
        "networks_oks": mean_oks(other),
        "learning_cpu_s": round(time.process_time() - began, 1),
        "thresholds": {question: weighed.threshold for question, weighed in fitted.items()},
    }
    sizes: list[tuple[float, bool]] = []
    for share in SHARES:
        runs = [measure(other, fitted, share, np.random.default_rng([2, seed])) for seed in range(options.draws)]
        most = max(len(run.counts) for run in runs)
        counts = sum(np.pad(run.counts, ((0, most - len(run.counts)), (0, 0), (0, 0))) for run in runs)
        told[f"share_{share:g}"] = figures(np.asarray(counts), np.random.default_rng(3))
        sizes += [size for run in runs for size in run.jitter]
    told["jitter_found_by_size"] = {f"{low:g} to {high:g}": _of_size(sizes, low, high) for low, high in pairwise(SIZES)}
    began = time.process_time()
    found = check_by(other, fitted)
    told["as_they_are"] = {kind: sum(one.kind == kind for one in found) for kind in KINDS}
    told["check_cpu_s"] = round(time.process_time() - began, 1)
    if options.findings:
        options.findings.write_text(json.dumps([vars(one) for one in sorted(found, key=lambda one: -one.score)]))
    print(json.dumps(told))


def _of_size(sizes: Sequence[tuple[float, bool]], low: float, high: float) -> list[int]:
    """How many were found, of how many."""
    within = [hit for size, hit in sizes if low <= size < high]
    return [sum(within), len(within)]


def mean_oks(people: LabelledPeople) -> float | None:
    """Of what the networks say together, beside the labels."""
    if not people.networks:
        return None
    off = np.linalg.norm(people.xy - agreed(people)[..., :2], axis=-1) / people.unit
    return round(float(np.exp(-(off[np.isfinite(off)] ** 2) / 2).mean()), 3)


if __name__ == "__main__":
    main()
