"""How good predictions are: OKS, and AP over persons whose boxes are given."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from sspcm.evaluation.coco_matching import Found, Truths, curves, oks_of
from sspcm.pose import Label, Prediction
from sspcm.skeletons.skeleton import Skeleton

CONFIDENT = 0.2
"""Keypoints below this do not count towards a person's confidence (method.md section 9)."""


@dataclass(frozen=True)
class Evaluated:
    """One person's prediction beside their label. area: square pixels, as OKS divides by it."""

    prediction: Prediction
    label: Label
    area: float
    image_id: int


def oks(xy: Float[np.ndarray, "K 2"], label: Label, *, area: float, sigmas: Float[np.ndarray, "K"]) -> float:
    """Object keypoint similarity in [0, 1] over the keypoints the label places; NaN if it places none."""
    return float(oks_of(xy, label.xyv, np.asarray(area, dtype=np.float64), sigmas))


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
    nobody = np.zeros(len(counted), dtype=bool)
    image = np.array([p.image_id for p in counted])
    xy = np.stack([p.prediction.xy for p in counted])
    truths = Truths(
        image=image,
        xyv=np.stack([p.label.xyv for p in counted]),
        area=np.array([p.area for p in counted], dtype=np.float64),
        box=np.zeros((len(counted), 4)),  # only labels without a keypoint are measured by theirs
        ignored=nobody,
        crowd=nobody,
    )
    found = Found(image, xy, np.array([person_confidence(p.prediction) for p in counted]))
    (curve,) = curves(truths, found, skeleton.sigma_array, {"every size": (-np.inf, np.inf)}).values()
    assert curve is not None  # somebody counts
    own = oks_of(xy, truths.xyv, truths.area, skeleton.sigma_array)
    return {
        "AP": float(curve.precision.mean()),
        "AP50": float(curve.precision[0].mean()),
        "AP75": float(curve.precision[5].mean()),
        "AR": float(curve.recall.mean()),
        "mean_oks": float(own.mean()),
    }
