"""Where a person's pose may begin: at a label, at the prediction of the network that annotators begin from, at the
other network's, or at nothing.

Which network that is, the project keeps (`StartsChoice`): the editor, the contact sheet and the copy from an earlier
frame ask here.
"""

import numpy as np
from jaxtyping import Bool, Float, Int

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
    return StartPayload(
        xyv=label.xyv.tolist(), source="label", prediction_id=label.started_from, revision=label.revision
    )


def predicted_start(found: StoredPrediction, choice: StartsChoice) -> StartPayload:
    """A prediction, its confidences read as visibilities: as labels taught, where they did."""
    is_student = found.round_number is not None
    taught = choice.taught.get("student" if is_student else "imported")
    states, is_open = _states(found, taught)
    xyv = np.column_stack([found.prediction.xy, states]).tolist()
    if is_student:
        name = f"round {found.round_number}'s student"
        return StartPayload(xyv=xyv, source="student", prediction_id=found.id, model=name)
    model = found.prediction.network
    undecided = np.flatnonzero(is_open).tolist()
    return StartPayload(xyv=xyv, source="model", prediction_id=found.id, model=model, undecided=undecided)


def opened(found: StoredPrediction, taught: Visibility | None) -> Float[np.ndarray, "K 3"]:
    """A prediction as the editor opens it: x, y and visibility. An absent keypoint keeps the network's place."""
    return np.column_stack([found.prediction.xy, _states(found, taught)[0]])


def _states(found: StoredPrediction, taught: Visibility | None) -> tuple[Int[np.ndarray, "K"], Bool[np.ndarray, "K"]]:
    """What each keypoint shows, and about which nobody decided: neither labels, nor a network that saw them.

    A student knows every keypoint. A model's confidence of 0 says that it saw nothing of a keypoint; one that it does
    not know has no place either, so labels can say of it that it is absent, and nothing else.
    """
    pose, is_student = found.prediction, found.round_number is not None
    if taught is None:
        visibility = by_confidence(pose.confidence)
        is_absent = visibility == ABSENT
        if is_student:
            return np.where(is_absent, HIDDEN, visibility), np.zeros_like(is_absent)
        return visibility, is_absent
    visibility = taught.choose(pose.confidence[None])[0]
    is_nowhere = (visibility != ABSENT) & (pose.xyc == 0).all(1)
    return np.where(is_nowhere, ABSENT, visibility), is_nowhere


def empty_start(keypoints: int) -> StartPayload:
    """Every keypoint still to place."""
    return StartPayload(xyv=[[0.0, 0.0, 0.0]] * keypoints, source="empty", prediction_id=None)
