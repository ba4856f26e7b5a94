"""Every revision of a person's label, how each came about, and what was decided in between."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.convert import label_of, stored_prediction
from db.records import LabelRevision, PastDecision, StoredPrediction
from db.schema import DecisionRow, LabelRow, PredictionRow, RoundRow, UserRow


def revisions(tx: Session, person_id: int) -> list[LabelRevision]:
    """Every label the person ever had, oldest first."""
    rows = tx.scalars(select(LabelRow).where(LabelRow.person_id == person_id).order_by(LabelRow.revision))
    return [LabelRevision(label_of(row), row.created_at, row.seconds, row.began, row.began_revision) for row in rows]


def decided(tx: Session, person_id: int) -> list[PastDecision]:
    """What annotators decided about the person, oldest first; accepting is among it."""
    query = (
        select(DecisionRow.kind, UserRow.name, DecisionRow.decided_at, DecisionRow.seconds)
        .join(UserRow, UserRow.id == DecisionRow.user_id)
        .where(DecisionRow.person_id == person_id)
        .order_by(DecisionRow.id)
    )
    return [PastDecision(*row) for row in tx.execute(query)]


def begun_with(tx: Session, person_id: int) -> dict[int, StoredPrediction]:
    """The predictions that the person's labels started from, by their id. A label's prediction is never pruned."""
    ids = select(LabelRow.started_from).where(LabelRow.person_id == person_id, LabelRow.started_from.is_not(None))
    query = (
        select(PredictionRow, RoundRow.number)
        .outerjoin(RoundRow, RoundRow.id == PredictionRow.round_id)
        .where(PredictionRow.id.in_(ids))
    )
    return {row.id: stored_prediction(row, number) for row, number in tx.execute(query)}
