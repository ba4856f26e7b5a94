"""Where a person's pose may begin: at a label, at the prediction of the network that annotators begin from, at the
other network's, or at nothing.

Which network that is, the project keeps (`StartsChoice`): the editor, the contact sheet and the copy from an earlier
frame ask here.
"""

import numpy as np
from jaxtyping import Float

from app.contract.labelling import StartPayload
from db.records import StartsChoice, StoredPrediction
from sspcm.evaluation.visibility import Visibility, by_confidence
from sspcm.pose import ABSENT, HIDDEN, Label


def best_start(
    label: Label | None,
    student: StoredPrediction | None,
    imported: StoredPrediction | None,
    *,
    choice: StartsChoice,
) -> StartPayload | None:
    """The label if there is one, else the chosen network's prediction, else the other's; None without any."""
    return next(iter(every_start(label, student, imported, choice=choice)), None)


def every_start(
    label: Label | None,
    student: StoredPrediction | None,
    imported: StoredPrediction | None,
    *,
    choice: StartsChoice,
) -> list[StartPayload]:
    """All there are, the best first."""
    labelled = [] if label is None else [label_start(label)]
    predicted = (student, imported) if choice.source == "student" else (imported, student)
    return labelled + [predicted_start(one, choice) for one in predicted if one is not None]


def label_start(label: Label) -> StartPayload:
    """A label as it was placed."""
    return StartPayload(xyv=label.xyv.tolist(), source="label", prediction_id=label.started_from)


def predicted_start(found: StoredPrediction, choice: StartsChoice) -> StartPayload:
    """A prediction, its confidences read as visibilities: as labels taught, where they did."""
    is_student = found.round_number is not None
    xyv = opened(found, choice.taught.get("student" if is_student else "imported")).tolist()
    if is_student:
        name = f"round {found.round_number}'s student"
        return StartPayload(xyv=xyv, source="student", prediction_id=found.id, model=name)
    return StartPayload(xyv=xyv, source="model", prediction_id=found.id, model=found.prediction.network)


def opened(found: StoredPrediction, taught: Visibility | None) -> Float[np.ndarray, "K 3"]:
    """A prediction as the editor opens it: x, y and visibility.

    Of a keypoint that a model saw nothing of (confidence 0), labels say how people call it; until they do, it is
    absent.
    """
    pose = found.prediction
    visibility = by_confidence(pose.confidence) if taught is None else taught.choose(pose.confidence[None])[0]
    if found.round_number is None:
        visibility[~pose.xyc.any(axis=1)] = ABSENT  # the model does not know this keypoint: it has no place
    elif taught is None:
        visibility[visibility == ABSENT] = HIDDEN  # a student knows every keypoint
    return np.column_stack([pose.xy, visibility])


def empty_start(keypoints: int) -> StartPayload:
    """Every keypoint still to place."""
    return StartPayload(xyv=[[0.0, 0.0, 0.0]] * keypoints, source="empty", prediction_id=None)
