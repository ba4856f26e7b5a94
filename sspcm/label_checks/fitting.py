"""What wrong labels look like, learned from errors put into labels: weights, and thresholds of the best F1."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from jaxtyping import Bool, Float, Int

from sspcm.label_checks.evidence import Evidence, gather
from sspcm.label_checks.finding import KINDS, Kind
from sspcm.label_checks.injecting import Injected, inject
from sspcm.label_checks.people import LabelledPeople
from sspcm.label_checks.questions import Question, Rows, ask
from sspcm.label_checks.suspicions import Suspicion, Weighed, kind_of, suspect
from sspcm.ranking.logistic import Logistic, fit_logistic

PENALTY = 0.3
FEWEST_ERRORS = 5
SHARE, CHOSEN_SHARE = 0.1, 0.05
"""One label in ten has an error while weights are learned, one in twenty while thresholds are chosen."""
AT_ONCE, MOST_AT_ONCE = 20, 2.5
"""Where that is fewer than so many, more of them have one: up to so many times the share."""
ERRORS, CHOSEN_ERRORS = 400, 250
"""About so many errors are put in, for the one and the other."""
MOST_TIMES = 25
MOST_PEOPLE = 800
"""More teach nothing more."""
THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(1, 11))
"""What is more probably wrong than right is told in any case."""
DOUBTFUL, DOUBTFUL_OF_FEW, FEW = 0.5, 0.1, 200
"""A label without an error put in that looks wrong so probably may be wrong already: it teaches nothing. Of fewer
people than FEW, among whom one wrong label teaches much, less probably will do."""
PAIR = 2
MISPLACED: tuple[Kind, ...] = ("jitter", "limb")
Fitted = Mapping[Question, Weighed]


@dataclass(frozen=True, eq=False)
class Broken:
    """Labels into which errors were put, and which they are."""

    evidence: Evidence
    done: tuple[Injected, ...]


def learn(people: LabelledPeople, rng: np.random.Generator) -> Fitted:
    """What wrong labels of these people would look like. Of many people some images teach enough."""
    images = rng.permutation(np.unique(people.images))
    count = np.cumsum(np.array([(people.images == image).sum() for image in images[: MOST_PEOPLE * 2]]))
    taken = images[: max(1, int(np.searchsorted(count, MOST_PEOPLE)))] if len(people) > MOST_PEOPLE else images
    some = people.of(np.flatnonzero(np.isin(people.images, taken)))
    return fit(
        break_labels(some, rng, errors=ERRORS, share=_share(SHARE, len(some))),
        break_labels(some, rng, errors=CHOSEN_ERRORS, share=_share(CHOSEN_SHARE, len(some))),
    )


def _share(share: float, people: int) -> float:
    return float(np.clip(AT_ONCE / people, share, MOST_AT_ONCE * share))


def break_labels(people: LabelledPeople, rng: np.random.Generator, *, errors: int, share: float) -> list[Broken]:
    """About so many errors, put into copies of these labels a share at a time."""
    times = int(np.clip(np.ceil(errors / max(share * len(people), 1)), 2, MOST_TIMES))
    made = [inject(people, share, rng) for _ in range(times)]
    return [Broken(gather(changed), tuple(done)) for changed, done in made]


def fit(learned: Sequence[Broken], chosen: Sequence[Broken]) -> Fitted:
    """Weights of the first, and on the second the thresholds of the best F1. A question that hardly any error answers
    is not asked."""
    rows = [(ask(one.evidence), one.done) for one in learned]
    doubted = DOUBTFUL_OF_FEW if len(learned[0].evidence.people) < FEW else DOUBTFUL
    weights: dict[Question, Logistic] = {}
    for question in rows[0][0]:
        each = [
            _with_answers(question, asked[question], done, first=place == 0) for place, (asked, done) in enumerate(rows)
        ]
        values, wrong = np.concatenate([v for v, _ in each]), np.concatenate([w for _, w in each])
        if wrong.sum() >= FEWEST_ERRORS:
            penalty = np.full(values.shape[1], PENALTY)
            doubtful = ~wrong & (fit_logistic(values, wrong, penalty=penalty).probability(values) > doubted)
            weights[question] = fit_logistic(values[~doubtful], wrong[~doubtful], penalty=penalty)
    return _with_thresholds(weights, chosen)


def _with_answers(
    question: Question, rows: Rows, done: Sequence[Injected], *, first: bool
) -> tuple[Float[np.ndarray, "N D"], Bool[np.ndarray, "N"]]:
    """A question's rows, and which of them are wrong. Rows of whom all is inverted say nothing about pairs.

    Labels without an error put in are told by the first copy alone: among them are those that are wrong already, and
    in each copy they would speak against what they are.
    """
    spoiled = {one.person for one in done}
    inverted = {one.person for one in done if one.kind == "inversion" and len(one.keypoints) > PAIR}
    if question == "whole":
        wrong: set[tuple[int, ...]] = {(person,) for person in inverted}
    elif question == "pair":
        wrong = {(one.person, *sorted(one.keypoints)) for one in done if one.kind == "inversion"}
    elif question == "twin":
        wrong = {(one.keypoints[0], one.person) for one in done if one.kind == "twin"}
    else:
        kinds = MISPLACED if question == "misplaced" else (question,)
        wrong = {(one.person, one.keypoints[-1 if one.kind == "limb" else 0]) for one in done if one.kind in kinds}
    kept = np.array([question != "pair" or int(about[0]) not in inverted for about in rows.about], dtype=bool)
    kept &= np.array([first or int(about[0]) in spoiled for about in rows.about], dtype=bool)
    answers = np.array([tuple(about.tolist()) in wrong for about in rows.about], dtype=bool)
    return rows.values[kept], answers[kept]


def _with_thresholds(weights: Mapping[Question, Logistic], chosen: Sequence[Broken]) -> Fitted:
    """For each question the threshold of the best F1 of its kinds. What one finding takes from another is left to the
    end: each question is looked at by itself."""
    lowest = {question: Weighed(one, THRESHOLDS[0]) for question, one in weights.items()}
    runs = [(one, suspect(one.evidence, lowest)) for one in chosen]
    return {question: Weighed(one, _best(partial(_scored, runs, question))) for question, one in weights.items()}


def _best(scored: Callable[[float], float]) -> float:
    """The threshold of the best score; of several the middle one, and where none finds anything the lowest."""
    each = np.nan_to_num([scored(threshold) for threshold in THRESHOLDS])
    ties = np.flatnonzero(each == each.max())
    return THRESHOLDS[int(ties[len(ties) // 2])] if each.max() > 0 else THRESHOLDS[0]


def _scored(runs: Sequence[tuple[Broken, Sequence[Suspicion]]], question: Question, threshold: float) -> float:
    """F1 of the errors that a question is about, whatever kind an answer to it is called."""
    total = np.zeros(3, dtype=np.int64)
    for one, found in runs:
        about = [error for error in one.done if _asks(question, error)]
        answers = [suspicion for suspicion in found if suspicion.question == question and suspicion.score >= threshold]
        total += sum(count(one.evidence, about, answers).values())
    return f1(*total)


def _asks(question: Question, error: Injected) -> bool:
    if error.kind == "inversion":
        return question == ("whole" if len(error.keypoints) > PAIR else "pair")
    return question == ("misplaced" if error.kind in MISPLACED else error.kind)


Counts = Int[np.ndarray, "3"]
"""Errors found, findings that are none, errors not found."""


def f1(right: int, wrong: int, missed: int) -> float:
    """The harmonic mean of precision and recall; NaN where there is nothing."""
    return 2 * right / (2 * right + wrong + missed) if right + wrong + missed else float("nan")


def count(evidence: Evidence, done: Sequence[Injected], found: Sequence[Suspicion]) -> dict[Kind, Counts]:
    """By kind, how many errors were found, how many findings were none, how many errors were not found.

    A finding is right where it names the person, the kind and one of the keypoints. A misplaced keypoint is one,
    whether the check calls it that or tells it by its limb.
    """
    waiting: dict[int, list[Injected]] = {}
    for error in done:
        waiting.setdefault(error.person, []).append(error)
    told: dict[Kind, Counts] = {kind: np.zeros(3, dtype=np.int64) for kind in KINDS}
    for one in found:
        kind, _ = kind_of(evidence, one)
        kinds: tuple[Kind, ...] = MISPLACED if one.question == "misplaced" else (kind,)
        there = [
            *waiting.get(one.person, ()),
            *(waiting.get(one.other, ()) if one.question == "twin" and one.other is not None else ()),
        ]
        hit = next((error for error in there if error.kind in kinds and _meets(one, error)), None)
        if hit is None:
            told[kind][1] += 1
        else:
            waiting[hit.person].remove(hit)
            told[hit.kind][0] += 1
    for left in waiting.values():
        for error in left:
            told[error.kind][2] += 1
    return told


def _meets(found: Suspicion, error: Injected) -> bool:
    """Whether they are about the same keypoint; of somebody labelled twice, and of all of a label, there is none."""
    return found.question == "twin" or not found.keypoints or bool(set(found.keypoints) & set(error.keypoints))
