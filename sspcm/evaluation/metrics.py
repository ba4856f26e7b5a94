"""How good predictions are: OKS, and AP over persons whose boxes are given."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from sspcm.pose import Label, Prediction
from sspcm.skeletons.skeleton import Skeleton

OKS_THRESHOLDS = np.linspace(0.5, 0.95, 10)
RECALL_POINTS = np.linspace(0.0, 1.0, 101)
CONFIDENT = 0.2
"""Keypoints below this do not count towards a person's confidence (method.md section 9)."""
MOST_PERSONS = 20
"""Of one image's predictions only so many, the most confident, count: pycocotools' limit for keypoints."""


@dataclass(frozen=True)
class Evaluated:
    """One person's prediction beside their label. area: square pixels, as OKS divides by it."""

    prediction: Prediction
    label: Label
    area: float
    image_id: int


def oks(xy: Float[np.ndarray, "K 2"], label: Label, *, area: float, sigmas: Float[np.ndarray, "K"]) -> float:
    """Object keypoint similarity in [0, 1] over the keypoints the label places; NaN if it places none."""
    labelled = label.labelled
    if not labelled.any():
        return float("nan")
    squared = ((xy - label.xyv[:, :2]) ** 2).sum(-1)
    variance = (2 * sigmas) ** 2
    exponent = squared / variance / (area + np.spacing(1)) / 2
    return float(np.exp(-exponent[labelled]).mean())


@dataclass(frozen=True)
class Agreement:
    """How far two labellings of the same persons agree; a figure is NaN where nothing can be compared.

    mean_oks: over persons, of the keypoints that both place. visibility_kappa: Cohen's, over all keypoints' absent,
    hidden, visible; 1 = the same, 0 = as good as chance.
    """

    mean_oks: float
    visibility_kappa: float


def agreement(
    pairs: Sequence[tuple[Label, Label]], *, area: Sequence[float], sigmas: Float[np.ndarray, "K"]
) -> Agreement:
    """How far two annotators agree about the same persons. area: square pixels, one a person."""
    found = [_common_oks(a, b, area=size, sigmas=sigmas) for (a, b), size in zip(pairs, area, strict=True)]
    known = [value for value in found if not np.isnan(value)]
    visibility = [np.concatenate([label.visibility for label in side]) for side in zip(*pairs, strict=True)]
    return Agreement(
        mean_oks=float(np.mean(known)) if known else float("nan"),
        visibility_kappa=cohens_kappa(*visibility) if visibility else float("nan"),
    )


def _common_oks(a: Label, b: Label, *, area: float, sigmas: Float[np.ndarray, "K"]) -> float:
    both = a.labelled & b.labelled
    common = np.where(both[:, None], b.xyv, 0.0)
    return oks(a.xyv[:, :2], Label(common), area=area, sigmas=sigmas)


def cohens_kappa(a: Int[np.ndarray, "N"], b: Int[np.ndarray, "N"]) -> float:
    """Cohen's kappa; NaN where both only ever say one and the same thing, when chance explains everything."""
    kinds = np.arange(3)
    observed = float((a == b).mean())
    chance = float(((a[:, None] == kinds).mean(0) * (b[:, None] == kinds).mean(0)).sum())
    return (observed - chance) / (1 - chance) if chance < 1 else float("nan")


def person_confidence(prediction: Prediction) -> float:
    """The mean over the confident keypoints; 0 without any (method.md section 9)."""
    confident = prediction.confidence[prediction.confidence > CONFIDENT]
    return float(confident.mean()) if len(confident) else 0.0


def average_precision(persons: Sequence[Evaluated], skeleton: Skeleton) -> dict[str, float]:
    """AP, AP50, AP75, AR and mean OKS where each person has one prediction made in their own box.

    As pycocotools counts it: within an image predictions, best confidence first, take the unmatched label of highest
    OKS. Persons without a placed keypoint do not count. Without any person every figure is NaN.
    """
    counted = [p for p in persons if p.label.labelled.any()]
    if not counted:
        return dict.fromkeys(("AP", "AP50", "AP75", "AR", "mean_oks"), float("nan"))
    confidences, matches = _match(counted, skeleton)
    precisions, recalls = zip(*(_precision_recall(confidences, hits, len(counted)) for hits in matches), strict=True)
    own = [oks(p.prediction.xy, p.label, area=p.area, sigmas=skeleton.sigma_array) for p in counted]
    return {
        "AP": float(np.mean(precisions)),
        "AP50": float(precisions[0]),
        "AP75": float(precisions[5]),
        "AR": float(np.mean(recalls)),
        "mean_oks": float(np.mean(own)),
    }


def _match(
    persons: Sequence[Evaluated], skeleton: Skeleton
) -> tuple[Float[np.ndarray, "P"], list[Float[np.ndarray, "P"]]]:
    """Each prediction's confidence, and per OKS threshold whether it found a label (1.0) or not (0.0)."""
    images: dict[int, list[Evaluated]] = {}
    for person in persons:
        images.setdefault(person.image_id, []).append(person)
    confidences: list[float] = []
    hits: list[list[float]] = [[] for _ in OKS_THRESHOLDS]
    for image_id in sorted(images):
        group = sorted(images[image_id], key=lambda p: -person_confidence(p.prediction))[:MOST_PERSONS]
        table = np.array(
            [
                [oks(p.prediction.xy, t.label, area=t.area, sigmas=skeleton.sigma_array) for t in images[image_id]]
                for p in group
            ]
        )
        confidences += [person_confidence(p.prediction) for p in group]
        for found, threshold in zip(hits, OKS_THRESHOLDS, strict=True):
            found += _greedy(table, float(threshold))
    return np.array(confidences), [np.array(found) for found in hits]


def _greedy(table: Float[np.ndarray, "P T"], threshold: float) -> list[float]:
    free = np.ones(table.shape[1], dtype=bool)
    found = []
    for row in table:
        best = len(row) - 1 - int(np.where(free, row, -1.0)[::-1].argmax())  # the last of equals, as pycocotools
        hit = bool(free[best]) and row[best] >= min(threshold, 1 - 1e-10)
        free[best] &= not hit
        found.append(float(hit))
    return found


def _precision_recall(
    confidences: Float[np.ndarray, "P"], hits: Float[np.ndarray, "P"], total: int
) -> tuple[float, float]:
    """Interpolated precision at 101 recalls, averaged, and the recall reached."""
    order = np.argsort(-confidences, kind="mergesort")
    true = np.cumsum(hits[order])
    recall = true / total
    precision = true / np.arange(1, len(true) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    places = np.searchsorted(recall, RECALL_POINTS, side="left")
    sampled = np.where(places < len(envelope), envelope[np.minimum(places, len(envelope) - 1)], 0.0)
    return float(sampled.mean()), float(recall[-1])
