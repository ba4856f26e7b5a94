"""What the home's labels teach of visible, hidden and absent keypoints, for each network that annotators begin from.

It is taught when a round ends, when a model has predicted, and as people are labelled: each time a network's labels are
a quarter more. The worker does that, so no annotator waits. Each time is noted, so that it is known later which starts
annotators got.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from app.rounds.evidence import MOST_PERSONS, Source, predictions_of
from db.records import StartsChoice, StartsFrom, TaughtRecord
from db.rounds import evidence, taught
from sspcm.evaluation.visibility import Taught, teach_visibility
from sspcm.members import STUDENT
from sspcm.ranking.corrections import LEAST_PERSONS

GROWN = 1.25
"""Of a network's labels since it was taught last: what is learnt from a few more is the same."""


@dataclass(frozen=True, eq=False)
class Lesson:
    """What labels teach of one network just now; found: None where nothing is surely better."""

    source: Source
    labels: int
    found: Taught | None

    def record(self) -> TaughtRecord:
        """To be stored."""
        network, number = _key(self.source)
        return TaughtRecord(network, number, self.labels, None if self.found is None else self.found.to_json())


def teach(tx: Session, *sources: Source | None) -> list[Lesson]:
    """What the labels that count say of each of these networks."""
    everybody = [
        person
        for split in ("validation", "train")
        for person in evidence.labelled(tx, split, most=MOST_PERSONS, and_imported=True)
    ]
    lessons = []
    for source in sources:
        if source is None:
            continue
        predicted, learned = predictions_of(tx, source, [person.id for person in everybody])
        labelled = [(p, p.label) for p in everybody if p.label and p.id in predicted and p.id not in learned]
        found = None
        if labelled:
            found = teach_visibility(
                np.stack([predicted[person.id].prediction.confidence for person, _ in labelled]),
                np.stack([label.visibility for _, label in labelled]).astype(np.int64),
                np.array([person.image_id for person, _ in labelled]),
            )
        lessons.append(Lesson(source, _count(tx, source), found))
    return lessons


def with_lessons(choice: StartsChoice, lessons: Sequence[Lesson]) -> StartsChoice:
    """The choice with what was just taught, and nothing that was taught before."""
    shown: dict[StartsFrom, dict[str, Any]] = {
        one.source.kind: one.found.whole.to_json() for one in lessons if one.found is not None
    }
    return replace(choice, visibility=shown)


def note(tx: Session, lessons: Sequence[Lesson], *, now: datetime) -> None:
    """Since when that holds."""
    taught.add(tx, [one.record() for one in lessons], now=now)


def is_due(tx: Session, source: Source) -> bool:
    """Whether there are enough labels, and a quarter more than the last time: two counts."""
    network, number = _key(source)
    labels, last = _count(tx, source), taught.labels_last(tx, network=network, round_number=number)
    return labels >= LEAST_PERSONS and (last < LEAST_PERSONS or labels >= GROWN * last)


class TaughtThen:
    """What labels had taught of a network at any time."""

    def __init__(self, tx: Session, source: Source) -> None:
        network, number = _key(source)
        self._records = taught.history(tx, network=network, round_number=number)
        self._since = [one.at for one in self._records if one.at is not None]
        self._read: dict[int, Taught | None] = {}

    def at(self, moment: datetime) -> Taught | None:
        """What held then; None: confidence alone."""
        i = bisect_right(self._since, moment) - 1
        return None if i < 0 else self._taught(i)

    def _taught(self, i: int) -> Taught | None:
        if i not in self._read:
            fits = self._records[i].fits
            self._read[i] = None if fits is None else Taught.from_json(fits)
        return self._read[i]


def _key(source: Source) -> tuple[str, int | None]:
    return (source.name if source.round_number is None else STUDENT), source.round_number


def _count(tx: Session, source: Source) -> int:
    network, number = _key(source)
    return evidence.count_taught_by(tx, network=network, round_number=number)
