"""How long annotators took for labels, as far as the store knows: from each decision of theirs to the next."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from db.schema import DecisionRow, LabelRow, UtcDateTime

_IDS_A_QUERY = 5000


def since_decision_before(tx: Session, label_ids: Sequence[int]) -> dict[int, float]:
    """Seconds from the last thing that a label's author had decided to its own accept, by label.

    Nothing is written down when an image is opened. Labels out of a file are left out, and an author's very first.
    """
    found: dict[int, float] = {}
    earlier = func.lag(DecisionRow.decided_at, type_=UtcDateTime())
    decided = select(
        DecisionRow.person_id,
        DecisionRow.kind,
        DecisionRow.decided_at,
        earlier.over(partition_by=DecisionRow.user_id, order_by=DecisionRow.id).label("before"),
    ).subquery()
    theirs = and_(
        decided.c.person_id == LabelRow.person_id,
        decided.c.kind == "accept",
        decided.c.decided_at == LabelRow.created_at,
    )
    for first in range(0, len(label_ids), _IDS_A_QUERY):  # databases bound the parameters of a query
        ids = label_ids[first : first + _IDS_A_QUERY]
        query = select(LabelRow.id, decided.c.decided_at, decided.c.before).join(decided, theirs)
        rows = tx.execute(query.where(LabelRow.id.in_(ids), decided.c.before.is_not(None)))
        found.update((label_id, _seconds(before, at)) for label_id, at, before in rows)
    return found


def _seconds(before: datetime, at: datetime) -> float:
    return max(0.0, (at - before).total_seconds())  # a clock may be set back
