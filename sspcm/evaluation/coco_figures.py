"""How good a file of predictions is beside annotations: pycocotools' own figures, with the skeleton's sigmas."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from sspcm.evaluation.coco_matching import Curve, Found, Truths, curves, oks_of
from sspcm.evaluation.prediction_files import EvaluationError
from sspcm.formats.coco.reading import CocoFile, write
from sspcm.formats.plain_values import numbers
from sspcm.pose import PART_OF_BOX
from sspcm.skeletons.skeleton import Skeleton

FIGURES = ("AP", "AP50", "AP75", "AP_medium", "AP_large", "AR", "AR50", "AR75", "AR_medium", "AR_large")
"""What pycocotools sums up for keypoints, in its order."""
_PLAIN = frozenset((int, float))
_PAIRS_AT_ONCE = 200_000


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


def evaluate(coco: CocoFile, annotations: Sequence[Any], predictions: Sequence[Mapping[str, Any]]) -> Evaluation:
    """Predictions (COCO results) beside the file's annotations, of which `coco` was read.

    Every annotation of a person counts as pycocotools counts it, also one that `coco` had to leave out: crowds are
    ignored, a prediction of an unlabelled person is neither right nor wrong. OKS divides by the annotated area, else
    by 0.53 of the box (method.md section 9). Raises EvaluationError.
    """
    skeleton = coco.skeleton
    truths = _truths(coco, annotations)
    _check(
        predictions, skeleton, {image.id for image in coco.images}, {one["own_id"]: one["image_id"] for one in truths}
    )
    labelled = [row for row, truth in enumerate(truths) if _is_labelled(truth)]
    if not labelled:
        raise EvaluationError(
            f"none of {len(truths)} annotated persons has a keypoint; wanted labels to measure predictions by. "
            "Give a labelled file."
        )
    known, found = _known(truths, skeleton), _found(predictions, skeleton)
    persons = known.of(np.array(labelled))
    own = _pair([truths[row]["own_id"] for row in labelled], persons, predictions, found, skeleton)
    answered = persons.of(np.flatnonzero(own >= 0))
    xy = found.xy[own[own >= 0]]
    return Evaluation(
        persons=len(own),
        predictions=len(predictions),
        figures=_figures(known, found, skeleton) if predictions else dict.fromkeys(FIGURES, 0.0),
        mean_oks=float(oks_of(xy, answered.xyv, answered.area, skeleton.sigma_array).sum()) / len(own),
        error=_errors(xy, answered, skeleton),
    )


def _truths(coco: CocoFile, annotations: Sequence[Any]) -> list[dict[str, Any]]:
    """The annotated persons and crowds as pycocotools wants them: complete, their areas ours.

    As the file says them where that can be measured by, else as `coco` read them.
    """
    own = {entry.id for entry in coco.persons}
    images = {image.id for image in coco.images}
    kinds = {one["category_id"] for one in annotations if _has_ids(one) and one["id"] in own}
    whole: dict[int, Mapping[str, Any]] = {}
    for one in annotations:
        in_place = one["category_id"] in kinds and one["image_id"] in images if _has_ids(one) else False
        if in_place and _is_whole(one, len(coco.skeleton)):
            whole.setdefault(one["id"], one)
    areas = {entry.id: entry.person.oks_area for entry in coco.persons}
    rest = [] if len(whole) == len(annotations) else _as_read(coco, whole)
    return [_truth(one, areas, len(coco.skeleton)) for one in [*whole.values(), *rest]]


def _as_read(coco: CocoFile, others: Container[int]) -> list[dict[str, Any]]:
    """Persons and crowds that are not among the others, as an export writes them."""
    written = write(coco)
    own_ids = dict(zip(written.person_ids, (entry.id for entry in coco.persons), strict=True))
    known = set(own_ids.values())
    read = [{**one, "id": own_ids.get(one["id"], one["id"])} for one in written.document["annotations"]]
    return [one for one in read if one["id"] not in others and (one["iscrowd"] or one["id"] in known)]


def _has_ids(one: Any) -> bool:
    return isinstance(one, dict) and all(_is_count(one.get(key)) for key in ("id", "category_id", "image_id"))


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


def _truth(one: Mapping[str, Any], areas: Mapping[int, float], keypoints: int) -> dict[str, Any]:
    xyv = one.get("keypoints") or [0.0] * (3 * keypoints)
    box_area = PART_OF_BOX * one["bbox"][2] * one["bbox"][3]
    return {
        "own_id": one.get("id"),
        "image_id": one["image_id"],
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
    are_numbers = _PLAIN.issuperset(map(type, values)) or all(isinstance(value, int | float) for value in values)
    return are_numbers and numbers(list(values)) is not None


def _known(truths: Sequence[Mapping[str, Any]], skeleton: Skeleton) -> Truths:
    is_crowd = np.array([one["iscrowd"] for one in truths], dtype=bool)
    return Truths(
        image=np.array([one["image_id"] for one in truths], dtype=np.int64),
        xyv=_poses(truths, skeleton),
        area=np.array([one["area"] for one in truths], dtype=np.float64),
        box=np.array([one["bbox"] for one in truths], dtype=np.float64),
        ignored=is_crowd | (np.array([one["num_keypoints"] for one in truths]) == 0),
        crowd=is_crowd,
    )


def _found(predictions: Sequence[Mapping[str, Any]], skeleton: Skeleton) -> Found:
    return Found(
        image=np.array([one["image_id"] for one in predictions], dtype=np.int64),
        xy=_poses(predictions, skeleton)[..., :2],
        score=np.array([one["score"] for one in predictions], dtype=np.float64),
    )


def _poses(ones: Sequence[Mapping[str, Any]], skeleton: Skeleton) -> Float[np.ndarray, "N K 3"]:
    return np.array([one["keypoints"] for one in ones], dtype=np.float64).reshape(-1, len(skeleton), 3)


def _figures(known: Truths, found: Found, skeleton: Skeleton) -> dict[str, float]:
    """COCOeval's summary."""
    every, *by_size = curves(known, found, skeleton.sigma_array).values()
    told: list[float] = []
    for what in ("precision", "recall"):
        told += [_mean(every, what, rows) for rows in (slice(None), 0, 5)]
        told += [_mean(curve, what) for curve in by_size]
    return dict(zip(FIGURES, told, strict=True))


def _mean(curve: Curve | None, what: str, rows: slice | int = slice(None)) -> float:
    return float("nan") if curve is None else float(np.mean(getattr(curve, what)[rows]))


def _pair(
    own_ids: Sequence[int],
    persons: Truths,
    predictions: Sequence[Mapping[str, Any]],
    found: Found,
    skeleton: Skeleton,
) -> Int[np.ndarray, "P"]:
    """By labelled person the row of their prediction, -1 without one: the one made in their box, else of those of their
    image that were made in nobody's the one that fits best.
    """
    annotated = [one.get("annotation_id") for one in predictions]
    by_annotation = {number: row for row, number in enumerate(annotated) if number is not None}
    own = np.array([by_annotation.get(number, -1) for number in own_ids], dtype=np.int64)
    free = np.flatnonzero([number is None for number in annotated])
    free = free[np.argsort(found.image[free], kind="stable")]
    wanting = np.flatnonzero(own < 0)
    begin, end = (np.searchsorted(found.image[free], persons.image[wanting], side) for side in ("left", "right"))
    for some in _portions(end - begin):
        counts = end[some] - begin[some]
        person = np.repeat(wanting[some], counts)
        rows = free[np.repeat(begin[some] - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())]
        similar = oks_of(found.xy[rows], persons.xyv[person], persons.area[person], skeleton.sigma_array)
        best_first = np.lexsort((-similar, person))  # the first of equals
        with_any, first = np.unique(person[best_first], return_index=True)
        own[with_any] = rows[best_first[first]]
    return own


def _portions(counts: Int[np.ndarray, "N"]) -> Iterator[slice]:
    """Neighbours that have so many together as fit into memory, or one that has more."""
    begin = taken = 0
    for place, count in enumerate(counts.tolist()):
        if taken and taken + count > _PAIRS_AT_ONCE:
            yield slice(begin, place)
            begin, taken = place, 0
        taken += count
    yield slice(begin, len(counts))


def _errors(xy: Float[np.ndarray, "P K 2"], persons: Truths, skeleton: Skeleton) -> dict[str, float]:
    """Per keypoint, the median over the persons who have it placed and a prediction."""
    apart = np.linalg.norm(xy - persons.xyv[..., :2], axis=-1) / np.sqrt(persons.area)[:, None]
    placed = persons.xyv[..., 2] > 0
    return {
        name: float(np.median(apart[placed[:, k], k])) if placed[:, k].any() else float("nan")
        for k, name in enumerate(skeleton.keypoints)
    }


def _or_none(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _told(value: float) -> str:
    return f"{value:.3f}" if np.isfinite(value) else "-"
