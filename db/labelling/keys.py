"""What every change by an annotator shares: its key makes it happen once, and the image must not be another's."""

import hashlib
import json
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from db.errors import InvalidDecision
from db.records import UserRecord
from db.schema import DecisionRow
from db.upsert import insert_on

KEY_LENGTH = 128
_KNOWN = select(DecisionRow).where(DecisionRow.key == bindparam("key"))


def fingerprint(*, kind: str, user: UserRecord, **content: Any) -> str:
    """A hash of what is decided: the same decision sent again has the same."""
    text = json.dumps({"kind": kind, "user": user.id, **content}, sort_keys=True)  # sorted: one content, one text
    return hashlib.sha256(text.encode()).hexdigest()


def recall(tx: Session, key: str, content: str) -> dict[str, Any] | None:
    """What the decision with this key led to, or None if it is new.

    Raises InvalidDecision if the key stands for another decision or another annotator's.
    """
    if not 1 <= len(key) <= KEY_LENGTH or not key.isprintable():
        raise InvalidDecision(
            f"the decision's key has {len(key)} characters; wanted 1 to {KEY_LENGTH} printable ones. Reload the page."
        )
    row = tx.scalar(_KNOWN, {"key": key})
    if row is None:
        return None
    if row.content != content:
        raise _key_taken(key)
    return dict(row.outcome)


def remember(
    tx: Session,
    key: str,
    content: str,
    *,
    kind: str,
    user: UserRecord,
    image_id: int,
    person_id: int | None,
    outcome: dict[str, Any],
    now: datetime,
    seconds: float | None = None,
) -> None:
    """Keep what the decision led to, under its key. seconds: that were worked for it, where somebody measured."""
    row = {
        "key": key,
        "user_id": user.id,
        "kind": kind,
        "image_id": image_id,
        "person_id": person_id,
        "content": content,
        "outcome": outcome,
        "decided_at": now,
        "seconds": seconds,
    }
    tx.flush()  # what the decision changed: past the session, nobody does it
    connection = tx.connection()
    # `recall` looked under this image's lock alone: the key may be taken for another image meanwhile.
    if connection.execute(_remembering(connection.dialect.name), _renamed(row)).first() is None:
        raise _key_taken(key)


@cache
def _remembering(dialect: str) -> ReturningInsert[tuple[int]]:
    """Built once, as all that each accept sends (`db/labelling/leases.py`)."""
    columns = [column.name for column in DecisionRow.__table__.columns if column.name != "id"]
    values: dict[str, BindParameter[Any]] = {name: bindparam(f"new_{name}") for name in columns}
    return insert_on(dialect, DecisionRow).values(values).on_conflict_do_nothing().returning(DecisionRow.id)


def _renamed(row: dict[str, Any]) -> dict[str, Any]:
    """SQLAlchemy keeps the columns' own names for itself."""
    return {f"new_{name}": value for name, value in row.items()}


def _key_taken(key: str) -> InvalidDecision:
    return InvalidDecision(
        f"key '{key}' stands for another decision; wanted a key of its own for each decision. "
        "Reload the page and decide again."
    )
