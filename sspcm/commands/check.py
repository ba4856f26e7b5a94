"""`sspcm check`: labels of a COCO file that look wrong, the most probable first."""

import argparse
import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from sspcm.commands.outputs import check_free
from sspcm.evaluation.prediction_files import EvaluationError, by_person, read_predictions
from sspcm.fisheye import upright_angle
from sspcm.formats.annotated import read_annotated
from sspcm.formats.coco.reading import CocoFile, CocoImage, CocoPerson, lens_of
from sspcm.label_checks.checking import FEWEST, check
from sspcm.label_checks.finding import Finding
from sspcm.label_checks.people import LabelledPeople
from sspcm.skeletons.skeleton import get_skeleton

COLUMNS = ("annotation_id", "image_id", "file_name", "kind", "keypoints", "score", "words", "other_annotation_id")


def run(options: argparse.Namespace) -> int:
    """Check and print, or write a table."""
    if options.csv is not None:
        check_free(options.csv, force=options.force)
    coco = read_annotated(options.annotations, get_skeleton(options.skeleton) if options.skeleton else None)
    networks = {_name(path): by_person(coco, read_predictions(path), path.name) for path in options.predictions or ()}
    people = labelled_people(coco, networks, plain=options.plain)
    if len(people) < FEWEST:
        raise EvaluationError(
            f"{options.annotations.name} has {len(people)} labelled people; wanted {FEWEST}, to see what is usual "
            "among them. Give a file with more labels."
        )
    found = check(people)
    rows = [_row(coco, one) for one in found]
    if options.csv is not None:
        _write(options.csv, rows)
    if options.json:
        print(json.dumps({"people": len(people), "networks": sorted(networks), "findings": rows}, indent=1))
    else:
        print("\n".join(_lines(rows, options.limit, people=len(people), networks=networks)))
    return 0


def _name(path: Path) -> str:
    return path.stem


def labelled_people(
    coco: CocoFile, networks: Mapping[str, Mapping[int, Float[np.ndarray, "K 3"]]], *, plain: bool
) -> LabelledPeople:
    """Everybody of a file with a placed keypoint. networks: answers by annotation id. plain: images are upright."""
    shown = {image.id: image for image in coco.images}
    labelled = [(one, one.person.label) for one in coco.persons if one.person.label is not None]
    labelled = [(one, label) for one, label in labelled if label.labelled.any()]
    boxes = [one.person.box.enclosing for one, _ in labelled]
    frames = [shown[one.image_id] for one, _ in labelled]
    unknown = np.full((len(coco.skeleton), 3), np.nan)
    return LabelledPeople(
        skeleton=coco.skeleton,
        ids=np.array([one.id for one, _ in labelled], dtype=np.int64),
        images=np.array([one.image_id for one, _ in labelled], dtype=np.int64),
        xyv=np.array([label.xyv for _, label in labelled], dtype=np.float64).reshape(-1, len(coco.skeleton), 3),
        boxes=np.array([(box.x, box.y, box.width, box.height) for box in boxes], dtype=np.float64).reshape(-1, 4),
        up=np.array([0.0 if plain else _up(one, image) for (one, _), image in zip(labelled, frames, strict=True)]),
        area=np.array([one.person.oks_area for one, _ in labelled], dtype=np.float64),
        frames=np.array([(image.width, image.height) for image in frames], dtype=np.float64).reshape(-1, 2),
        networks={
            name: np.stack([answers.get(one.id, unknown) for one, _ in labelled])
            for name, answers in networks.items()
            if labelled
        },
    )


def _up(one: CocoPerson, image: CocoImage) -> float:
    return upright_angle(one.person.box.centre, lens_of(image))


def _row(coco: CocoFile, one: Finding) -> dict[str, Any]:
    image_id = next(entry.image_id for entry in coco.persons if entry.id == one.person)
    return {
        "annotation_id": one.person,
        "image_id": image_id,
        "file_name": next(image.file_name for image in coco.images if image.id == image_id),
        "kind": one.kind,
        "keypoints": [coco.skeleton.keypoints[k] for k in one.keypoints],
        "score": one.score,
        "words": one.words,
        "other_annotation_id": one.other,
    }


def _write(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, COLUMNS)
        table.writeheader()
        table.writerows({**row, "keypoints": " ".join(row["keypoints"])} for row in rows)


def _lines(rows: Sequence[Mapping[str, Any]], limit: int, *, people: int, networks: Mapping[str, Any]) -> list[str]:
    beside = f"beside {', '.join(sorted(networks))}" if networks else "alone: with --predictions more is found"
    told = [f"{people} labels checked {beside}. {len(rows)} suspicions."]
    for row in rows[:limit]:
        told.append(f"{row['score']:.2f}  annotation {row['annotation_id']} in {row['file_name']}: {row['words']}")
    if len(rows) > limit:
        told.append(f"... and {len(rows) - limit} more: --limit, --json or --csv FILE show them.")
    return told
