"""Where networks put keypoints, and how inconsistent they are about each person."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import BindParameter, bindparam, func, select, update
from sqlalchemy.orm import Session

from db.convert import person_score, score_columns, stored_prediction
from db.pool.persons import still_there
from db.records import PersonScore, ProjectRecord, StoredPrediction
from db.rounds.rounds import require_active
from db.schema import PersonScoreRow, PredictionRow, RoundRow
from db.upsert import insert, upsert_all
from sspcm.members import STUDENT
from sspcm.pose import Prediction

_IDS_A_QUERY = 5000
_IDS: BindParameter[int] = bindparam("ids", expanding=True)
# Built once, as all that each next asks (`db/labelling/leases.py`).
_IMPORTED = (
    select(PredictionRow)
    .where(PredictionRow.person_id.in_(_IDS), PredictionRow.round_id.is_(None))
    .order_by(PredictionRow.id)
)
_IMPORTED_SCORES = select(PersonScoreRow).where(PersonScoreRow.person_id.in_(_IDS), PersonScoreRow.round_id.is_(None))
_PREDICTED = (
    select(PredictionRow, RoundRow.number)
    .outerjoin(RoundRow, RoundRow.id == PredictionRow.round_id)
    .where(PredictionRow.person_id.in_(_IDS))
    .order_by(PredictionRow.id)
)
_OF_ROUND = _PREDICTED.where(RoundRow.number == bindparam("number"))
_OF_NEWEST = _PREDICTED.where((PredictionRow.round_id.is_(None)) | (RoundRow.state == "published"))
_SCORES = (
    select(PersonScoreRow)
    .join(RoundRow, RoundRow.id == PersonScoreRow.round_id)
    .where(RoundRow.number == bindparam("number"), PersonScoreRow.person_id.in_(_IDS))
)


@dataclass(frozen=True)
class ImportedPrediction:
    """What an imported model says about one person: where, how inconsistently, and what of the image it saw."""

    prediction: Prediction
    score: PersonScore
    crop: str


def add_imported(tx: Session, predictions: Sequence[ImportedPrediction]) -> None:
    """Store an imported model's predictions with their scores, which replace those of any model before it.

    Earlier predictions stay: labels remember which one they started from. The newest counts. Who was deleted since the
    model saw them is left out.
    """
    there = still_there(tx, [one.score.person_id for one in predictions])
    predictions = [one for one in predictions if one.score.person_id in there]
    rows = [
        {
            "person_id": one.score.person_id,
            "round_id": None,
            "network": one.prediction.network,
            "xyc": one.prediction.xyc.tolist(),
            "crop": one.crop,
        }
        for one in predictions
    ]
    if rows:
        # Plainly inserted: (person, NULL, network) conflicts with nothing.
        tx.connection().execute(insert(tx, PredictionRow), rows)
    scores = [{"round_id": None, "network": one.prediction.network, **score_columns(one.score)} for one in predictions]
    # In SQL no NULL equals another: scores without a round are unique by an index of their own.
    upsert_all(tx, PersonScoreRow, scores, key=["person_id"], where=PersonScoreRow.round_id.is_(None))


def imported(tx: Session, person_ids: Collection[int]) -> dict[int, StoredPrediction]:
    """The newest prediction of an imported model by person; persons without one are left out."""
    found: dict[int, StoredPrediction] = {}
    for ids in _chunks(person_ids):
        found.update((row.person_id, stored_prediction(row, None)) for row in tx.scalars(_IMPORTED, {"ids": ids}))
    return found


def imported_before_round(
    tx: Session, person_ids: Collection[int], *, network: str, round_id: int
) -> dict[int, StoredPrediction]:
    """The newest prediction of this imported model by person, of those stored before any of the round's."""
    first = select(func.min(PredictionRow.id)).where(PredictionRow.round_id == round_id).scalar_subquery()
    found: dict[int, StoredPrediction] = {}
    for ids in _chunks(person_ids):
        query = (
            select(PredictionRow)
            .where(PredictionRow.person_id.in_(ids), PredictionRow.round_id.is_(None), PredictionRow.id < first)
            .where(PredictionRow.network == network)
            .order_by(PredictionRow.id)
        )
        found.update((row.person_id, stored_prediction(row, None)) for row in tx.scalars(query))
    return found


def imported_scores(tx: Session, person_ids: Collection[int]) -> dict[int, PersonScore]:
    """How inconsistent the newest imported model is, by person; persons without a score are left out."""
    found: dict[int, PersonScore] = {}
    for ids in _chunks(person_ids):
        found.update((row.person_id, person_score(row)) for row in tx.scalars(_IMPORTED_SCORES, {"ids": ids}))
    return found


def rescore_imported(tx: Session, scores: Sequence[PersonScore]) -> None:
    """Replace the score and the flags of imported models' predictions; persons without one stay without."""
    for one in scores:
        values = {key: value for key, value in score_columns(one).items() if key in ("score", "flags")}
        theirs = PersonScoreRow.person_id == one.person_id, PersonScoreRow.round_id.is_(None)
        tx.execute(update(PersonScoreRow).where(*theirs).values(values))


def add_predictions(tx: Session, round_id: int | None, predictions: Sequence[tuple[int, Prediction]]) -> None:
    """Store predictions as (person id, prediction), in one batch; round_id None: an imported model's.

    A round's prediction for the same person and network is replaced, so a scoring begun again leaves no doubles.
    Raises RoundOver once the round is published, failed or cancelled.
    """
    if round_id is not None:
        require_active(tx, round_id)
    rows = [
        {
            "person_id": person_id,
            "round_id": round_id,
            "network": prediction.network,
            "xyc": prediction.xyc.tolist(),
        }
        for person_id, prediction in predictions
    ]
    upsert_all(tx, PredictionRow, rows, key=["person_id", "round_id", "network"])


def for_persons(
    tx: Session, person_ids: Collection[int], *, round_number: int | None
) -> dict[int, list[StoredPrediction]]:
    """Predictions by person, one a network, by network name; persons without any are left out.

    round_number: those of that round. None: each person's newest: the newest published round's that has any, else the
    imported models'.
    """
    found: dict[int, dict[str, StoredPrediction]] = {}
    for ids in _chunks(person_ids):
        query = _OF_NEWEST if round_number is None else _OF_ROUND
        for row, number in tx.execute(query, {"ids": ids, "number": round_number}):
            _keep_newest(found.setdefault(row.person_id, {}), stored_prediction(row, number))
    return {person_id: [by_name[name] for name in sorted(by_name)] for person_id, by_name in found.items()}


def of_student(tx: Session, person_ids: Collection[int], round_number: int | None) -> dict[int, StoredPrediction]:
    """What a round's student says, by person; nothing before there is a round."""
    if round_number is None:
        return {}
    found: dict[int, StoredPrediction] = {}
    for ids in _chunks(person_ids):
        query = (
            select(PredictionRow)
            .join(RoundRow, RoundRow.id == PredictionRow.round_id)
            .where(PredictionRow.person_id.in_(ids), RoundRow.number == round_number, PredictionRow.network == STUDENT)
        )
        found.update((row.person_id, stored_prediction(row, round_number)) for row in tx.scalars(query))
    return found


def add_person_scores(tx: Session, round_id: int, scores: Sequence[PersonScore]) -> None:
    """Store how inconsistent a round's teachers are; a person's score of the same round is replaced.

    Raises RoundOver once the round is published, failed or cancelled.
    """
    require_active(tx, round_id)
    rows = [{"round_id": round_id, **score_columns(score)} for score in scores]
    upsert_all(tx, PersonScoreRow, rows, key=["round_id", "person_id"])


def person_scores(tx: Session, round_number: int, person_ids: Collection[int]) -> dict[int, PersonScore]:
    """The scores of one round by person; persons it did not score are left out."""
    found: dict[int, PersonScore] = {}
    for ids in _chunks(person_ids):
        asked = {"ids": ids, "number": round_number}
        found.update((row.person_id, person_score(row)) for row in tx.scalars(_SCORES, asked))
    return found


def shown_scores(tx: Session, person_ids: Collection[int], project: ProjectRecord) -> dict[int, PersonScore]:
    """The scores of the network that labelling begins from, whose poses they are about; the other's of who has none."""
    if project.published_round is None:
        return imported_scores(tx, person_ids)
    of_round = person_scores(tx, project.published_round, person_ids)
    if project.starts.source == "imported":
        return of_round | imported_scores(tx, person_ids)
    return imported_scores(tx, set(person_ids) - of_round.keys()) | of_round


def _keep_newest(by_name: dict[str, StoredPrediction], prediction: StoredPrediction) -> None:
    """Keep one round's predictions only: the newest's. Rows come in the order they were written."""
    number = prediction.round_number or 0
    kept = next(iter(by_name.values()), None)
    if kept is not None and (kept.round_number or 0) < number:
        by_name.clear()
    if kept is None or (kept.round_number or 0) <= number:
        by_name[prediction.prediction.network] = prediction


def _chunks(ids: Collection[int]) -> Iterator[list[int]]:
    """Databases take a few ten thousand parameters at most."""
    ordered = sorted(set(ids))
    for start in range(0, len(ordered), _IDS_A_QUERY):
        yield ordered[start : start + _IDS_A_QUERY]
