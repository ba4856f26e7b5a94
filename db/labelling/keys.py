"""What every change by an annotator shares: its key makes it happen once, and the image must not be another's."""

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.errors import InvalidDecision
from db.records import UserRecord
from db.schema import DecisionRow
from db.upsert import insert

KEY_LENGTH = 128


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
    row = tx.scalar(select(DecisionRow).where(DecisionRow.key == key))
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
    # `recall` looked under this image's lock alone: the key may be taken for another image meanwhile.
    added = tx.scalar(insert(tx, DecisionRow).values(row).on_conflict_do_nothing().returning(DecisionRow.id))
    if added is None:
        raise _key_taken(key)


def _key_taken(key: str) -> InvalidDecision:
    return InvalidDecision(
        f"key '{key}' stands for another decision; wanted a key of its own for each decision. "
        "Reload the page and decide again."
    )
