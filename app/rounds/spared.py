"""How many actions a round spares: the starts since it beside those before it, on the same people, by the same labels.

They are people whom neither network learned from, and whom both had predicted before the label. An action is what
`sspcm simulate` counts: a keypoint moved by more than human annotators differ, or placed; a visibility; an accept. A
keypoint starts visible, hidden or absent as it did when the person was labelled: by what labels had taught until then.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from sqlalchemy.orm import Session

from app.labelling.starts import opened
from app.rounds.evidence import MOST_PERSONS, Source, student_source
from app.rounds.visibility import TaughtThen
from db.pool.project import get_project
from db.records import PersonRecord, RoundRecord, StoredPrediction
from db.rounds import evidence, predictions, taught
from sspcm.evaluation.choosing import Mean, mean_difference
from sspcm.evaluation.visibility import Visibility
from sspcm.simulation.annotator import count_corrections


@dataclass(frozen=True)
class Spared:
    """What the labels of the same people take from the starts since a round and from those before it, in actions.

    Both means are NaN without anybody. fewer: the mean difference with its 95 % interval over images, NaN where too few
    images tell it. began, began_before: how many of the labels began at the very poses that annotators begin from since
    the round, and at those of before.
    """

    actions: float
    actions_before: float
    fewer: Mean
    images: int
    began: int
    began_before: int

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
    labelled = taught.first_labelled(tx, [person.id for person in since])

    def as_labelled(then: TaughtThen, person: PersonRecord) -> Visibility | None:
        lesson = then.at(labelled[person.id])
        return None if lesson is None else lesson.whole

    return _spared(tx, since, record, now=now, before=before, shown=as_labelled)


def spared_on_validation(tx: Session, record: RoundRecord, *, now: Source, before: Source | None) -> Spared:
    """Of the validation people: no start is in sight when they are labelled, so that may be at any time.

    Their keypoints start by what was taught when the round was published, without the labels of their own images.
    """
    everybody, published = evidence.labelled(tx, "validation", most=MOST_PERSONS), record.finished_at

    def as_published(then: TaughtThen, person: PersonRecord) -> Visibility | None:
        lesson = None if published is None else then.at(published)
        return None if lesson is None else lesson.unseen(person.image_id)

    return _spared(tx, everybody, record, now=now, before=before, shown=as_published)


def _spared(
    tx: Session,
    persons: Sequence[PersonRecord],
    record: RoundRecord,
    *,
    now: Source,
    before: Source | None,
    shown: Callable[[TaughtThen, PersonRecord], Visibility | None],
) -> Spared:
    ids, learned = [person.id for person in persons], evidence.learned_from(tx, record.number)
    after, earlier = (_stored(tx, ids, record, source) for source in (now, before))
    both = [p for p in persons if p.id in after and p.id not in learned and (before is None or p.id in earlier)]
    sigmas = get_project(tx).skeleton.sigma_array
    image = np.array([person.image_id for person in both], dtype=np.int64)

    def taken_from(predicted: Mapping[int, StoredPrediction], source: Source | None) -> Float[np.ndarray, "P"]:
        then = None if source is None else TaughtThen(tx, source)
        lessons = [None if then is None else shown(then, person) for person in both]
        return _actions(both, predicted, lessons, sigmas)

    def count_begun(predicted: Mapping[int, StoredPrediction]) -> int:
        began = {p.id: p.label.started_from for p in both if p.label is not None}
        return sum(p in predicted and predicted[p].id == at for p, at in began.items())

    taken, wanted = taken_from(after, now), taken_from(earlier, before)
    return Spared(
        actions=_mean(taken),
        actions_before=_mean(wanted),
        fewer=mean_difference(wanted, taken, image),
        images=len(np.unique(image)),
        began=count_begun(after),
        began_before=count_begun(earlier),
    )


def _stored(tx: Session, ids: Sequence[int], record: RoundRecord, source: Source | None) -> dict[int, StoredPrediction]:
    """What a network says of these persons, stored by the time the round ended. None: nothing."""
    if source is None:
        return {}
    if source.round_number is not None:
        return predictions.of_student(tx, ids, source.round_number)
    return predictions.imported_before_round(tx, ids, network=source.name, round_id=record.id)


def _actions(
    persons: Sequence[PersonRecord],
    predicted: Mapping[int, StoredPrediction],
    lessons: Sequence[Visibility | None],
    sigmas: Float[np.ndarray, "K"],
) -> Float[np.ndarray, "P"]:
    """What correcting each person's start to their label takes; without a prediction every keypoint is placed."""
    if not persons:
        return np.zeros(0)
    empty = np.zeros((len(sigmas), 3))
    start = np.stack(
        [
            opened(predicted[person.id], lesson) if person.id in predicted else empty
            for person, lesson in zip(persons, lessons, strict=True)
        ]
    )
    truth = np.stack([person.label.xyv for person in persons if person.label is not None])
    area = np.array([person.oks_area for person in persons])
    return count_corrections(start, truth, area=area, sigmas=sigmas).total.astype(np.float64)


def _mean(values: Float[np.ndarray, "P"]) -> float:
    return float(values.mean()) if len(values) else math.nan
