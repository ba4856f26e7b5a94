"""What the queue is ordered by now, and how well, on labels that it did not learn from: for pages and programs."""

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int
from sqlalchemy.orm import Session

from app.contract.rounds import OrderFigurePayload, OrderPayload
from app.pool.judging import BEFORE_ROUNDS, corrections_of
from app.pool.order_figures import figures_in_use
from app.rounds.evidence import MOST_PERSONS, Source
from app.rounds.starts import are_more, in_use
from db.pool.project import get_project
from db.records import PersonRecord, PersonScore, StoredPrediction
from db.rounds import evidence, predictions
from sspcm.evaluation.choosing import FEWEST_IMAGES, FEWEST_PERSONS
from sspcm.evaluation.ranking_figures import Errors, Interval, by_chance, intervals, joint_errors
from sspcm.ranking.corrections import LEAST_PERSONS, Corrections, expected_by_others, fit_corrections
from sspcm.ranking.expected_gain import Expected, expected_before_labels, person_scores
from sspcm.ranking.separation import auroc, spearman
from sspcm.skeletons.skeleton import Skeleton

SAMPLE = (
    "Until a first round is published, images come as a fair sample of the pool: of few labels, those of people like "
    "everybody teach the most."
)
DRAWS = 200
"""A page asks again and again; the ends of an interval move by a hundredth with more."""


@dataclass(frozen=True, eq=False)
class Checked:
    """Labelled people beside predictions of the network that the order is about.

    blind: they are validation people, so that nothing was learnt from them. ids: whom it is about.
    """

    ids: list[int]
    corrections: Corrections
    errors: Errors
    scores: Float[np.ndarray, "P"]
    """As the store has them."""
    blind: bool

    @property
    def are_enough(self) -> bool:
        """Whether figures of them say anything."""
        images = self.corrections.images
        return len(images) >= FEWEST_PERSONS and len(np.unique(images)) >= FEWEST_IMAGES


def order_told(tx: Session, home: Path) -> OrderPayload:
    """What annotators get first, and whether that is better than any order.

    An imported model's order is checked on validation people, whom nothing is learnt from, else on corrected people,
    each by what those of other images teach. A round's scores are checked as they stand, on whom its networks did not
    learn from and who were labelled since.
    """
    source = in_use(tx)
    if source is None:
        return _unlike()
    found = figures_in_use(tx, home) or {}
    skeleton, is_fitted = get_project(tx).skeleton, bool(found.get("fitted_is_used"))
    taught = check_order(tx, source, skeleton, blind=False)
    on = taught
    if source.kind == "imported":
        validation = check_order(tx, source, skeleton, blind=True)
        on = validation if validation.are_enough else taught
    corrected = int(found.get("persons") or 0)
    figures = figures_of_order(on, taught, source, skeleton, is_fitted=is_fitted) if on.are_enough else []
    is_sample = source.round_number is None and get_project(tx).published_round is None
    return OrderPayload(
        words=_words(source, corrected, is_fitted=is_fitted, is_sample=is_sample),
        advice=_advice(source, on, figures, corrected=corrected, now=len(taught.corrections.images)),
        people=_people(source, on),
        goes_by="fitted" if is_fitted else "before labels",
        round=source.round_number,
        corrections=corrected,
        corrections_wanted=LEAST_PERSONS,
        persons=len(on.corrections.images),
        enough=on.are_enough,
        figures=figures,
    )


def check_order(
    tx: Session, source: Source, skeleton: Skeleton, *, blind: bool, among: Collection[int] | None = None
) -> Checked:
    """The last labelled people whom the source predicted and did not learn from: of validation, or of the pool.

    among: none but these.
    """
    people = evidence.labelled(tx, "validation" if blind else "train", most=MOST_PERSONS, and_imported=True)
    learnt = set() if source.round_number is None else evidence.learned_from(tx, source.round_number)
    people = [one for one in people if one.id not in learnt and one.label is not None and one.label.labelled.any()]
    stored, scores = _said(tx, source, [one.id for one in people])
    people = [one for one in people if one.id in stored and one.id in scores and (among is None or one.id in among)]
    return Checked(
        [one.id for one in people],
        corrections_of(people, stored, scores, skeleton),
        _errors(people, stored, skeleton),
        np.array([scores[one.id].score for one in people], dtype=np.float64),
        blind,
    )


def _said(tx: Session, source: Source, ids: list[int]) -> tuple[dict[int, StoredPrediction], dict[int, PersonScore]]:
    """Its poses, and how far its answers lie apart."""
    if source.round_number is None:
        return predictions.imported(tx, ids), predictions.imported_scores(tx, ids)
    number = source.round_number
    return predictions.of_student(tx, ids, number), predictions.person_scores(tx, number, ids)


def _errors(people: list[PersonRecord], stored: dict[int, StoredPrediction], skeleton: Skeleton) -> Errors:
    if not people:
        return Errors(np.zeros((0, len(skeleton))), np.zeros(0, np.int64))
    return joint_errors(
        np.stack([stored[one.id].prediction.xyc for one in people]),
        np.stack([one.label.xyv for one in people if one.label is not None]),
        area=np.array([one.oks_area for one in people]),
        sigmas=skeleton.sigma_array,
        images=np.array([one.image_id for one in people]),
    )


def _expected(on: Checked, taught: Checked, skeleton: Skeleton, *, is_fitted: bool) -> Expected:
    """What the order expects of each keypoint; a fit's as corrections of other images teach it."""
    before = expected_before_labels(on.corrections.evidence, skeleton)
    if not is_fitted:
        return before
    if on.blind:
        return fit_corrections(taught.corrections, skeleton).expected(on.corrections.evidence, skeleton)
    return expected_by_others(on.corrections, skeleton) or before


def figures_of_order(
    on: Checked, taught: Checked, source: Source, skeleton: Skeleton, *, is_fitted: bool
) -> list[OrderFigurePayload]:
    """How well the order does on people who are enough. taught: by whose corrections a fit is learnt."""
    expected, errors = _expected(on, taught, skeleton, is_fitted=is_fitted), on.errors
    by_fit = person_scores(expected, top_keypoints=BEFORE_ROUNDS.top_keypoints)
    scores = by_fit if source.round_number is None else on.scores
    # of a keypoint that the network does not know nothing is expected
    judged = np.isfinite(errors.error) & np.isfinite(expected.wrong)
    wrong, lost = errors.error > 0.5, errors.person

    def told(rows: Int[np.ndarray, "N"]) -> float:
        """Of the keypoints of these people."""
        return auroc(expected.wrong[rows][judged[rows]], wrong[rows][judged[rows]])

    return [
        _figure(
            "Whom to see first",
            "rank correlation with how far off people are; 1 is perfect",
            lambda rows: spearman(scores[rows], lost[rows]),
            lambda order: spearman(scores[order], lost),
            errors,
            counted=len(lost),
            chance=0.0,
        ),
        _figure(
            "Which keypoints are wrong",
            "AUROC: of a wrong keypoint and a right one, how often the wrong one is told; 1 is perfect",
            told,
            # of all keypoints: dealt out among people, a keypoint's own rate of errors would still tell
            lambda order: auroc(expected.wrong[judged][order], wrong[judged]),
            errors,
            counted=int(judged.sum()),
            chance=0.5,
        ),
    ]


def _figure(
    name: str,
    more: str,
    measure: Callable[[Int[np.ndarray, "N"]], float],
    shuffled: Callable[[Int[np.ndarray, "N"]], float],
    errors: Errors,
    *,
    counted: int,
    chance: float,
) -> OrderFigurePayload:
    value, low, high = map(_known, _interval(measure, errors))
    chance_low, chance_high = map(_known, by_chance(shuffled, counted, draws=DRAWS, seed=0))
    return OrderFigurePayload(
        name=name,
        more=more,
        value=value,
        low=low,
        high=high,
        chance=chance,
        chance_low=chance_low,
        chance_high=chance_high,
    )


def _interval(measure: Callable[[Int[np.ndarray, "N"]], float], errors: Errors) -> Interval:
    return intervals(measure, errors.images, draws=DRAWS, seed=0)


def _known(value: float) -> float | None:
    return round(value, 4) if math.isfinite(value) else None


def _unlike() -> OrderPayload:
    """Nobody predicted anybody."""
    return OrderPayload(
        words="Nothing has predicted the people yet, so images that are unlike each other come first.",
        advice="Give it a pose model, or launch a round: then people come first whose poses are most probably wrong.",
        people="",
        goes_by="unlike",
        round=None,
        corrections=0,
        corrections_wanted=LEAST_PERSONS,
        persons=0,
        enough=False,
        figures=[],
    )


def _words(source: Source, corrected: int, *, is_fitted: bool, is_sample: bool) -> str:
    wrong = f"whose poses by {source.name} are most probably wrong"
    whose = f"{SAMPLE} Within an image people come first {wrong}" if is_sample else f"People come first {wrong}"
    if is_fitted:
        return f"{whose}, as the corrections of {corrected} people teach."
    answers = "its answers about copies of the image" if source.round_number is None else "the networks of its round"
    by = f"{whose}: where {answers} disagree and it is unsure."
    if corrected < LEAST_PERSONS:
        return f"{by} Corrections teach the order from {LEAST_PERSONS} people on; it was made with {corrected}."
    return f"{by} The corrections of {corrected} people were looked at and would order no better."


def _people(source: Source, on: Checked) -> str:
    count = len(on.corrections.images)
    if not count:
        return ""
    people = "person" if count == 1 else "people"
    if on.blind:
        return f"on {count} validation {people}"
    if source.round_number is None:
        return f"on {count} corrected {people}, each by what the others teach"
    return f"on {count} {people} corrected since round {source.round_number} learned"


def _advice(source: Source, on: Checked, figures: list[OrderFigurePayload], *, corrected: int, now: int) -> str:
    """What a lead may do about it."""
    count = len(on.corrections.images)
    if not figures:
        by, since = ("the model", "") if source.round_number is None else ("the round", " since")
        people = "1 person" if count == 1 else f"{count} people"
        return (
            f"How good that is, nobody can say yet. Of those whom {by} predicted and did not learn from, {people} "
            f"{'was' if count == 1 else 'were'} labelled{since}; wanted {FEWEST_PERSONS} in {FEWEST_IMAGES} images. "
            "Label on; validation people tell it best."
        )
    surely = [one for one in figures if one.low is not None and one.low > one.chance]
    said = "It is better than chance." if len(surely) == len(figures) else _unsure(surely)
    if source.round_number is None and are_more(now, corrected, least=LEAST_PERSONS):
        since = f"{now - corrected} more people were corrected since the order was made"
        return f"{said} {since}: a worker that runs makes it anew within seconds."
    return said


def _unsure(surely: list[OrderFigurePayload]) -> str:
    if surely:
        return f"Surely better than chance alone: {surely[0].name.lower()}. Label on, and the other is known better."
    return "Nothing says that it is better than chance. Label on: more people tell it."
