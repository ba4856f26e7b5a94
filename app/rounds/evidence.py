"""How well the networks that annotators may begin from place people whose labels they did not learn from.

Validation people decide alone where there are enough of them: labels made in the queue come where the networks are
unsure, and most began at some network's pose, to which they lean. Where there are too few, the labels that people made
here count as well, each for a network only if it did not learn from that person in any round, and against another only
if it did not begin at the challenger's own pose.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int
from sqlalchemy.orm import Session

from db.pool.project import get_project
from db.records import PersonRecord, StartsFrom, StoredPrediction
from db.rounds import evidence, predictions, rounds
from sspcm.evaluation.choosing import (
    FEWEST_IMAGES,
    FEWEST_PERSONS,
    Difference,
    Mean,
    compare,
    mean_difference,
    mean_oks,
)
from sspcm.evaluation.metrics import oks

MOST_PERSONS = 1000
"""Of each split, the last labels count: a page asks again and again, and more would tell no more."""


@dataclass(frozen=True)
class Source:
    """A network that labelling may begin from. round_number: None for the imported model."""

    kind: StartsFrom
    round_number: int | None
    name: str
    """As messages have it: "movenet", "round 3's student"."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """P labelled persons and, for each source, the OKS of its prediction: NaN where it has none or learned from them.

    began: the round whose prediction the label began at; 0: the imported model's; -1: none.
    """

    image: Int[np.ndarray, "P"]
    is_validation: Bool[np.ndarray, "P"]
    began: Int[np.ndarray, "P"]
    oks: dict[Source, Float[np.ndarray, "P"]]

    def over(self, challenger: Source, incumbent: Source) -> "Compared":
        """How much higher the challenger is than the one it would replace."""
        both = ~np.isnan(self.oks[challenger]) & ~np.isnan(self.oks[incumbent])
        return self._compared(challenger, incumbent, self._deciding(both & ~self._began_at(challenger)))

    def on_validation(self, challenger: Source, incumbent: Source) -> "Compared":
        """The same on validation people alone."""
        both = ~np.isnan(self.oks[challenger]) & ~np.isnan(self.oks[incumbent])
        return self._compared(challenger, incumbent, both & self.is_validation)

    def figures(self) -> "Figures":
        """Every source on the same persons, those that all have a fair prediction of."""
        chosen = self._common()
        means = {source: mean_oks(values[chosen], self.image[chosen]) for source, values in self.oks.items()}
        began = {source: int((self._began_at(source) & chosen).sum()) for source in self.oks}
        validation = int((chosen & self.is_validation).sum())
        return Figures(means, began, validation=validation, labelled_here=int(chosen.sum()) - validation)

    def told_over(self, one: Source, other: Source) -> Mean:
        """How much higher one is than another on the persons of `figures`: to be told beside them, not to decide."""
        chosen = self._common()
        return mean_difference(self.oks[one][chosen], self.oks[other][chosen], self.image[chosen])

    def _common(self) -> Bool[np.ndarray, "P"]:
        common = np.ones(len(self.image), dtype=bool)
        for values in self.oks.values():
            common &= ~np.isnan(values)
        return self._deciding(common)

    def _compared(self, challenger: Source, incumbent: Source, chosen: Bool[np.ndarray, "P"]) -> "Compared":
        first, second, image = (values[chosen] for values in (self.oks[challenger], self.oks[incumbent], self.image))
        validation = int((chosen & self.is_validation).sum())
        return Compared(compare(first, second, image), mean_oks(first, image), mean_oks(second, image), validation)

    def _deciding(self, fair: Bool[np.ndarray, "P"]) -> Bool[np.ndarray, "P"]:
        """Validation people where they are enough, else all."""
        validation = fair & self.is_validation
        are_enough = validation.sum() >= FEWEST_PERSONS and len(np.unique(self.image[validation])) >= FEWEST_IMAGES
        return validation if are_enough else fair

    def _began_at(self, source: Source) -> Bool[np.ndarray, "P"]:
        is_its_own: Bool[np.ndarray, P] = self.began == (source.round_number or 0)
        return is_its_own


@dataclass(frozen=True)
class Compared:
    """Two sources on the same persons. validation: how many of these are validation people."""

    difference: Difference
    challenger: Mean
    incumbent: Mean
    validation: int

    @property
    def people(self) -> str:
        """On whom, in words."""
        return people_in_words(self.validation, self.difference.persons - self.validation)


@dataclass(frozen=True)
class Figures:
    """Every source on the same persons. began: how many of the labels began at each source's own pose."""

    means: dict[Source, Mean]
    began: dict[Source, int]
    validation: int
    labelled_here: int


def people_in_words(validation: int, labelled_here: int) -> str:
    """How many people of which kind."""
    told = [f"{validation} validation {'person' if validation == 1 else 'people'}"] if validation else []
    if labelled_here or not validation:
        told.append(f"{labelled_here} {'person' if labelled_here == 1 else 'people'} labelled here")
    return " and ".join(told)


def imported_source(tx: Session) -> Source | None:
    """The imported model; None where none predicted anybody."""
    name = evidence.imported_network(tx)
    return None if name is None else Source("imported", None, name)


def student_source(number: int) -> Source:
    """A round's student."""
    return Source("student", number, f"round {number}'s student")


def kept_round(tx: Session) -> int | None:
    """The newest round, where it ended and was kept; a later one makes it history."""
    newest = rounds.latest(tx, 1)
    return newest[0].number if newest and newest[0].state == "kept" else None


def sources(tx: Session) -> list[Source]:
    """The imported model, the published round's student, and the newest round's where that was kept."""
    published, imported, kept = get_project(tx).published_round, imported_source(tx), kept_round(tx)
    students = [student_source(number) for number in (published, kept) if number is not None]
    return students if imported is None else [imported, *students]


def gather(tx: Session, measured: Sequence[Source]) -> Evidence:
    """What there is in the store to measure these sources by."""
    validation = evidence.labelled(tx, "validation", most=MOST_PERSONS)
    everybody = validation + evidence.labelled(tx, "train", most=MOST_PERSONS)
    ids = [person.id for person in everybody]
    sigmas = get_project(tx).skeleton.sigma_array
    found = {}
    for source in measured:
        predicted, learned = predictions_of(tx, source, ids)
        values = [_oks(p, None if p.id in learned else predicted.get(p.id), sigmas) for p in everybody]
        found[source] = np.array(values, dtype=np.float64)
    return Evidence(
        image=np.array([person.image_id for person in everybody], dtype=np.int64),
        is_validation=np.arange(len(everybody)) < len(validation),
        began=_began(tx, everybody),
        oks=found,
    )


def predictions_of(tx: Session, source: Source, ids: Sequence[int]) -> tuple[dict[int, StoredPrediction], set[int]]:
    """What a source says of these persons, and from whom it learned: an imported model from none of them."""
    if source.round_number is not None:
        return predictions.of_student(tx, ids, source.round_number), evidence.learned_from(tx, source.round_number)
    found = predictions.imported(tx, ids)
    newest = max(found.values(), key=lambda one: one.id, default=None)
    if newest is None:
        return {}, set()
    # what another model said before is not this one's
    return {i: one for i, one in found.items() if one.prediction.network == newest.prediction.network}, set()


def _oks(person: PersonRecord, predicted: StoredPrediction | None, sigmas: Float[np.ndarray, "K"]) -> float:
    if predicted is None or person.label is None:
        return math.nan
    return oks(predicted.prediction.xy, person.label, area=person.oks_area, sigmas=sigmas)


def _began(tx: Session, persons: Sequence[PersonRecord]) -> Int[np.ndarray, "P"]:
    started = [person.label.started_from if person.label else None for person in persons]
    numbers = evidence.rounds_of(tx, [one for one in started if one is not None])
    began = [-1 if one is None or one not in numbers else numbers[one] or 0 for one in started]
    return np.array(began, dtype=np.int64)
