"""Where a person's pose may begin: at a label, at the prediction of the network that annotators begin from, at the
other network's, or at nothing.

Which network that is, the project keeps (`StartsChoice`): the editor, the contact sheet and the copy from an earlier
frame ask here.
"""

import numpy as np

from app.contract.labelling import StartPayload
from db.records import StartsFrom, StoredPrediction
from sspcm.pose import ABSENT, HIDDEN, VISIBLE, Label

SEEN_ABOVE = 0.2
"""A predicted keypoint of this confidence starts as visible, one below as hidden."""


def best_start(
    label: Label | None,
    student: StoredPrediction | None,
    imported: StoredPrediction | None,
    *,
    prefer: StartsFrom,
) -> StartPayload | None:
    """The label if there is one, else the preferred network's prediction, else the other's; None without any."""
    return next(iter(every_start(label, student, imported, prefer=prefer)), None)


def every_start(
    label: Label | None,
    student: StoredPrediction | None,
    imported: StoredPrediction | None,
    *,
    prefer: StartsFrom,
) -> list[StartPayload]:
    """All there are, the best first."""
    labelled = [] if label is None else [label_start(label)]
    predicted = (student, imported) if prefer == "student" else (imported, student)
    return labelled + [predicted_start(one) for one in predicted if one is not None]


def label_start(label: Label) -> StartPayload:
    """A label as it was placed."""
    return StartPayload(xyv=label.xyv.tolist(), source="label", prediction_id=label.started_from)


def predicted_start(found: StoredPrediction) -> StartPayload:
    """A prediction, its confidences read as visibilities."""
    pose = found.prediction
    visibility = np.where(pose.confidence >= SEEN_ABOVE, VISIBLE, HIDDEN)
    if found.round_number is not None:
        xyv = np.column_stack([pose.xy, visibility]).tolist()
        return StartPayload(xyv=xyv, source="student", prediction_id=found.id)
    visibility[pose.confidence == 0] = ABSENT  # the model does not know this keypoint, or saw nothing of it
    xyv = np.column_stack([pose.xy, visibility]).tolist()
    return StartPayload(xyv=xyv, source="model", prediction_id=found.id, model=pose.network)


def empty_start(keypoints: int) -> StartPayload:
    """Every keypoint still to place."""
    return StartPayload(xyv=[[0.0, 0.0, 0.0]] * keypoints, source="empty", prediction_id=None)
