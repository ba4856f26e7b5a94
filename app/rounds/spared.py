"""How many actions a round spares: the starts since it beside those before it, on the same people, by the same labels.

They are people whom neither network learned from, and whom both had predicted before the label. An action is what
`sspcm simulate` counts: a keypoint moved by more than human annotators differ, or placed; a visibility; an accept.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from sqlalchemy.orm import Session

from app.rounds.evidence import MOST_PERSONS, Source, student_source
from db.pool.project import get_project
from db.records import PersonRecord, RoundRecord, StoredPrediction
from db.rounds import evidence, predictions
from sspcm.evaluation.choosing import Mean, mean_difference
from sspcm.simulation.annotator import count_actions


@dataclass(frozen=True)
class Spared:
    """What the labels of the same people take from the starts since a round and from those before it, in actions.

    Both means are NaN without anybody. fewer: the mean difference with its 95 % interval over images, NaN where too few
    images tell it. began: how many of the labels began at the very poses that annotators begin from since the round.
    """

    actions: float
    actions_before: float
    fewer: Mean
    images: int
    began: int

    @property
    def is_measured(self) -> bool:
        """Whether there are enough images for an interval."""
        return not np.isnan(self.fewer.low)


def starts_before(record: RoundRecord) -> Source | None:
    """What annotators began from when this round was judged; None: every keypoint was to be placed."""
    beside = record.metrics.get("starts", {})
    name, number = beside.get("beside"), beside.get("beside_round")
    if name is None:
        return None
    return Source("imported", None, name) if number is None else student_source(number)


def spared_since(tx: Session, record: RoundRecord, *, now: Source, before: Source | None) -> Spared:
    """Of the people whose first label came after the round was published."""
    since = evidence.labelled(tx, "train", most=MOST_PERSONS, since=record.finished_at)
    return _spared(tx, since, record, now=now, before=before)


def spared_on_validation(tx: Session, record: RoundRecord, *, now: Source, before: Source | None) -> Spared:
    """Of the validation people: no start is in sight when they are labelled, so that may be at any time."""
    everybody = evidence.labelled(tx, "validation", most=MOST_PERSONS)
    return _spared(tx, everybody, record, now=now, before=before)


def _spared(
    tx: Session, persons: Sequence[PersonRecord], record: RoundRecord, *, now: Source, before: Source | None
) -> Spared:
    ids, learned = [person.id for person in persons], evidence.learned_from(tx, record.number)
    after, earlier = (_stored(tx, ids, record, source) for source in (now, before))
    both = [p for p in persons if p.id in after and p.id not in learned and (before is None or p.id in earlier)]
    sigmas = get_project(tx).skeleton.sigma_array
    image = np.array([person.image_id for person in both], dtype=np.int64)
    taken, wanted = _actions(both, after, sigmas), _actions(both, earlier, sigmas)
    return Spared(
        actions=_mean(taken),
        actions_before=_mean(wanted),
        fewer=mean_difference(wanted, taken, image),
        images=len(np.unique(image)),
        began=sum(p.label is not None and p.label.started_from == after[p.id].id for p in both),
    )


def _stored(tx: Session, ids: Sequence[int], record: RoundRecord, source: Source | None) -> dict[int, StoredPrediction]:
    """What a network says of these persons, stored by the time the round ended. None: nothing."""
    if source is None:
        return {}
    if source.round_number is not None:
        return predictions.of_student(tx, ids, source.round_number)
    return predictions.imported_before_round(tx, ids, network=source.name, round_id=record.id)


def _actions(
    persons: Sequence[PersonRecord], predicted: Mapping[int, StoredPrediction], sigmas: Float[np.ndarray, "K"]
) -> Float[np.ndarray, "P"]:
    """What correcting each person's start to their label takes; without a prediction every keypoint is placed."""
    if not persons:
        return np.zeros(0)
    empty = np.zeros((len(sigmas), 3))
    start = np.stack([predicted[p.id].prediction.xyc if p.id in predicted else empty for p in persons])
    truth = np.stack([person.label.xyv for person in persons if person.label is not None])
    area = np.array([person.oks_area for person in persons])
    return count_actions(start, truth, area=area, sigmas=sigmas).total.astype(np.float64)


def _mean(values: Float[np.ndarray, "P"]) -> float:
    return float(values.mean()) if len(values) else math.nan
