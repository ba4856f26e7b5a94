"""How good a file of predictions is beside annotations: pycocotools' own figures, with the skeleton's sigmas."""

import contextlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from sspcm.evaluation.metrics import oks
from sspcm.evaluation.prediction_files import EvaluationError
from sspcm.formats.coco.reading import CocoFile, read_json, write
from sspcm.formats.plain_values import numbers
from sspcm.pose import PART_OF_BOX, Label
from sspcm.skeletons.skeleton import Skeleton

FIGURES = ("AP", "AP50", "AP75", "AP_medium", "AP_large", "AR", "AR50", "AR75", "AR_medium", "AR_large")
"""What pycocotools sums up for keypoints, in its order."""


@dataclass(frozen=True)
class Evaluation:
    """What predictions are worth; a figure is NaN where nothing can be measured.

    figures: pycocotools' (FIGURES). mean_oks: over labelled persons, 0 for one without a prediction. error: per
    keypoint, the median distance to the label over the square root of the person's area. persons: labelled ones.
    """

    persons: int
    predictions: int
    figures: Mapping[str, float]
    mean_oks: float
    error: Mapping[str, float]

    def to_json(self) -> dict[str, Any]:
        """Plain data; JSON knows no NaN, so what could not be measured is null."""
        return {
            "persons": self.persons,
            "predictions": self.predictions,
            **{name: _or_none(value) for name, value in self.figures.items()},
            "mean_OKS": _or_none(self.mean_oks),
            "error": {name: _or_none(value) for name, value in self.error.items()},
        }

    def __str__(self) -> str:
        """A table for people."""
        head = f"{self.persons} labelled persons, {self.predictions} predictions"
        figures = {**self.figures, "mean OKS": self.mean_oks}
        rows = [f"{name:<16}{_told(value)}" for name, value in figures.items()]
        errors = [f"{name:<16}{_told(value)}" for name, value in self.error.items()]
        return "\n".join([head, *rows, "median error / sqrt(area)", *errors])


def evaluate(
    coco: CocoFile, annotations: Sequence[Mapping[str, Any]], predictions: Sequence[Mapping[str, Any]]
) -> Evaluation:
    """Predictions (COCO results) beside the annotations that `coco` was read from.

    Every annotation of a person counts as pycocotools counts it, also one that `coco` had to leave out: crowds are
    ignored, a prediction of an unlabelled person is neither right nor wrong. OKS divides by the annotated area, else
    by 0.53 of the box (method.md section 9). Raises EvaluationError.
    """
    skeleton = coco.skeleton
    truths = _truths(coco, annotations)
    _check(
        predictions, skeleton, {image.id for image in coco.images}, {one["own_id"]: one["image_id"] for one in truths}
    )
    if not any(map(_is_labelled, truths)):
        raise EvaluationError(
            f"none of {len(truths)} annotated persons has a keypoint; wanted labels to measure predictions by. "
            "Give a labelled file."
        )
    own = _pair(truths, predictions, skeleton)
    return Evaluation(
        persons=len(own),
        predictions=len(predictions),
        figures=_pycocotools([image.id for image in coco.images], truths, predictions, skeleton),
        mean_oks=float(np.mean([_oks(truth, found, skeleton) if found is not None else 0.0 for truth, found in own])),
        error=_errors(own, skeleton),
    )


def read_annotations(path: Path) -> list[dict[str, Any]]:
    """The annotations as the file has them; `read_annotated` has checked the rest of it."""
    return [one for one in read_json(path)["annotations"] if isinstance(one, dict)]


def _truths(coco: CocoFile, annotations: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The annotated persons and crowds as pycocotools wants them: complete, their areas ours, their ids from 1 on.

    As the file says them where that can be measured by, else as `coco` read them.
    """
    written = write(coco)
    own_ids = dict(zip(written.person_ids, (entry.id for entry in coco.persons), strict=True))
    read = [{**one, "id": own_ids.get(one["id"], one["id"])} for one in written.document["annotations"]]
    known = {one["id"] for one in read if one["iscrowd"]} | set(own_ids.values())
    kinds = {one["category_id"] for one in read if one["id"] in set(own_ids.values())}
    images = {image.id for image in coco.images}
    whole: dict[int, Mapping[str, Any]] = {}
    for one in annotations:
        in_place = one.get("category_id") in kinds and one.get("image_id") in images if _has_ids(one) else False
        if in_place and _is_whole(one, len(coco.skeleton)):
            whole.setdefault(one["id"], one)
    areas = {entry.id: entry.person.oks_area for entry in coco.persons}
    rest = [one for one in read if one["id"] in known and one["id"] not in whole]
    return [
        _truth(number, one, areas, len(coco.skeleton)) for number, one in enumerate([*whole.values(), *rest], start=1)
    ]


def _has_ids(one: Mapping[str, Any]) -> bool:
    return all(_is_count(one.get(key)) for key in ("id", "category_id", "image_id"))


def _is_whole(one: Mapping[str, Any], keypoints: int) -> bool:
    """Whether its numbers can be measured by; where not, `read_annotated` complained of it."""
    if not all(_is_count(one.get(key, 0)) for key in ("num_keypoints", "iscrowd")) or not _is_count(
        one.get("image_id")
    ):
        return False
    box, xyv = one.get("bbox"), one.get("keypoints") or []
    if not isinstance(box, list) or len(box) != 4 or not _finite(box):
        return False
    return (
        isinstance(xyv, list)
        and len(xyv) in (0, 3 * keypoints)
        and _finite(xyv)
        and all(v in (0, 1, 2) for v in xyv[2::3])
    )


def _truth(number: int, one: Mapping[str, Any], areas: Mapping[int, float], keypoints: int) -> dict[str, Any]:
    xyv = one.get("keypoints") or [0.0] * (3 * keypoints)
    box_area = PART_OF_BOX * one["bbox"][2] * one["bbox"][3]
    return {
        "id": number,  # pycocotools takes a match with id 0 for none
        "own_id": one.get("id"),
        "image_id": one["image_id"],
        "category_id": 1,
        "iscrowd": int(one.get("iscrowd") or 0),
        "bbox": list(one["bbox"]),
        "area": areas.get(one.get("id", -1), one.get("area") or box_area),
        "keypoints": list(xyv),
        "num_keypoints": one.get("num_keypoints", sum(v > 0 for v in xyv[2::3])),
    }


def _is_labelled(truth: Mapping[str, Any]) -> bool:
    return not truth["iscrowd"] and truth["num_keypoints"] > 0 and any(v > 0 for v in truth["keypoints"][2::3])


def _check(
    predictions: Sequence[Mapping[str, Any]], skeleton: Skeleton, images: set[int], owners: Mapping[Any, int]
) -> None:
    """The first prediction that does not fit is named. owners: the image of each annotation id."""
    for number, one in enumerate(predictions):
        keypoints, score, annotation = one.get("keypoints"), one.get("score"), one.get("annotation_id")
        if not _is_count(one.get("image_id")) or one["image_id"] not in images:
            raise EvaluationError(
                f"prediction {number} is of image id {one.get('image_id')!r}, which the annotations do not have; "
                "wanted predictions of these images. Give the annotations that they were made for."
            )
        if annotation is not None and (
            not _is_count(annotation) or owners.get(annotation, one["image_id"]) != one["image_id"]
        ):
            raise EvaluationError(
                f"prediction {number} is of image id {one['image_id']} and annotation id {annotation!r}, which is "
                "not of that image; wanted both of one person. Predict again with these annotations."
            )
        if not isinstance(keypoints, list) or len(keypoints) != 3 * len(skeleton) or not _finite(keypoints):
            found = f"{len(keypoints)} keypoint numbers" if isinstance(keypoints, list) else "no keypoints"
            if isinstance(keypoints, list) and len(keypoints) == 3 * len(skeleton):
                found = "a keypoint number that is not finite"
            raise EvaluationError(
                f"prediction {number} has {found}; wanted {3 * len(skeleton)} finite ones for skeleton "
                f"'{skeleton.name}'. Give predictions of this skeleton, or name theirs with --skeleton."
            )
        if not _finite([score]):
            raise EvaluationError(
                f"prediction {number} has the score {score!r}; wanted a finite number, by which predictions are "
                "ordered. Predict again."
            )


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _finite(values: Sequence[Any]) -> bool:
    return all(isinstance(v, int | float) for v in values) and numbers(list(values)) is not None


def _pycocotools(
    images: Sequence[int],
    truths: Sequence[Mapping[str, Any]],
    predictions: Sequence[Mapping[str, Any]],
    skeleton: Skeleton,
) -> dict[str, float]:
    """COCOeval's summary, its talk swallowed."""
    if not predictions:
        return dict.fromkeys(FIGURES, 0.0)
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = {
            "images": [{"id": number} for number in images],
            "annotations": [dict(one) for one in truths],
            "categories": [{"id": 1, "name": "person"}],
        }
        truth.createIndex()
        kept = ("image_id", "keypoints", "score")
        found = truth.loadRes([{key: one[key] for key in kept} | {"category_id": 1} for one in predictions])
        measure = COCOeval(truth, found, "keypoints")
        measure.params.kpt_oks_sigmas = skeleton.sigma_array
        measure.evaluate()
        measure.accumulate()
        measure.summarize()
    return {name: float(v) if v >= 0 else float("nan") for name, v in zip(FIGURES, measure.stats, strict=True)}


Pair = tuple[Mapping[str, Any], Float[np.ndarray, "K 3"] | None]


def _pair(
    truths: Sequence[Mapping[str, Any]], predictions: Sequence[Mapping[str, Any]], skeleton: Skeleton
) -> list[Pair]:
    """Each labelled person with the prediction made in their box, else with the one of its image that fits best."""
    by_annotation = {one["annotation_id"]: one for one in predictions if one.get("annotation_id") is not None}
    by_image: dict[int, list[Mapping[str, Any]]] = {}
    for one in predictions:
        if one.get("annotation_id") is None:
            by_image.setdefault(one["image_id"], []).append(one)
    pairs: list[Pair] = []
    for truth in filter(_is_labelled, truths):
        own = by_annotation.get(truth["own_id"])
        rows = [_rows(one) for one in ([own] if own is not None else by_image.get(truth["image_id"], []))]
        pairs.append((truth, max(rows, key=lambda row: _oks(truth, row, skeleton), default=None)))
    return pairs


def _rows(one: Mapping[str, Any]) -> Float[np.ndarray, "K 3"]:
    return np.array(one["keypoints"], dtype=np.float64).reshape(-1, 3)


def _oks(truth: Mapping[str, Any], found: Float[np.ndarray, "K 3"], skeleton: Skeleton) -> float:
    return oks(found[:, :2], Label(_rows(truth)), area=truth["area"], sigmas=skeleton.sigma_array)


def _errors(pairs: Sequence[Pair], skeleton: Skeleton) -> dict[str, float]:
    """Per keypoint, the median over the persons who have it placed and a prediction."""
    errors: dict[str, list[float]] = {name: [] for name in skeleton.keypoints}
    for truth, found in pairs:
        if found is None:
            continue
        placed = _rows(truth)
        apart = np.linalg.norm(found[:, :2] - placed[:, :2], axis=-1) / np.sqrt(truth["area"])
        for name, value, visibility in zip(skeleton.keypoints, apart, placed[:, 2], strict=True):
            if visibility > 0:
                errors[name].append(float(value))
    return {name: float(np.median(values)) if values else float("nan") for name, values in errors.items()}


def _or_none(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _told(value: float) -> str:
    return f"{value:.3f}" if np.isfinite(value) else "-"
