"""What was deleted for good stays known by a digest, so that an import does not bring it back unseen."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.clock import utc_now
from db.errors import InvalidDecision, NotFound, WasDeleted
from db.records import DeletedKind, NewPerson
from db.schema import TombstoneRow
from db.upsert import upsert_all

WHY_LENGTH = 1000
_AT_A_TIME = 500


@dataclass(frozen=True)
class Tombstone:
    """digest: of an image its file's SHA-256; of a person a hash of that and of their number in the imported file."""

    id: int
    kind: DeletedKind
    digest: str
    at: datetime
    by: str
    why: str
    allowed_at: datetime | None
    allowed_by: str | None


def person_digest(sha256: str, source_id: int | None, person_id: int) -> str:
    """By which a person of a file is told again; of one who was added here, a digest that nobody else has."""
    which = f"added {person_id}" if source_id is None else f"annotation {source_id}"
    return hashlib.sha256(f"{sha256} {which}".encode()).hexdigest()


def checked_reason(why: str) -> str:
    """Why something is deleted, in words. Raises InvalidDecision."""
    why = why.replace("\0", "").strip()
    if not 1 <= len(why) <= WHY_LENGTH:
        raise InvalidDecision(
            f"the reason has {len(why)} characters; wanted 1 to {WHY_LENGTH}, without names: it stays. "
            "Say in a few words why this is deleted."
        )
    return why


def put(tx: Session, kind: DeletedKind, digests: Sequence[str], *, by: str, why: str, now: datetime) -> None:
    """Keep them out from now on; one that was allowed again is kept out once more."""
    rows = [
        {"kind": kind, "digest": one, "at": now, "by": by[:64], "why": why, "allowed_at": None, "allowed_by": None}
        for one in dict.fromkeys(digests)
    ]
    upsert_all(tx, TombstoneRow, rows, key=["digest"])


def require_allowed(tx: Session, sha256: str, name: str) -> None:
    """Raise WasDeleted for the bytes of an image that was deleted for good."""
    found = _kept_out(tx, [sha256])
    if found:
        raise WasDeleted(
            f"an image of these very bytes was deleted for good on {found[0].at:%Y-%m-%d} by {found[0].by} "
            f"('{found[0].why}'), so '{name:.300}' does not come in. A lead may allow it: delete allow {found[0].id}"
        )


def without_deleted(tx: Session, sha256: str, persons: Sequence[NewPerson]) -> list[NewPerson]:
    """The persons of a file without those who were deleted for good."""
    told = [one for one in persons if one.source_id is not None]
    by_digest = {person_digest(sha256, one.source_id, 0): one for one in told}
    gone = {row.digest for row in _kept_out(tx, list(by_digest))}
    out = [one for digest, one in by_digest.items() if digest in gone]
    return [one for one in persons if not any(one is deleted for deleted in out)]


def tombstones(tx: Session, *, most: int = 1000) -> list[Tombstone]:
    """The newest, newest first."""
    rows = tx.scalars(select(TombstoneRow).order_by(TombstoneRow.id.desc()).limit(most))
    return [_told(row) for row in rows]


def kept_out_images(tx: Session) -> list[str]:
    """The SHA-256 of every image that was deleted and not allowed again."""
    query = select(TombstoneRow.digest).where(TombstoneRow.kind == "image", TombstoneRow.allowed_at.is_(None))
    return list(tx.scalars(query.order_by(TombstoneRow.id)))


def allow(tx: Session, tombstone_id: int, *, by: str) -> Tombstone:
    """It may come in again. Raises NotFound."""
    row = tx.get(TombstoneRow, tombstone_id, populate_existing=True)
    if row is None:
        raise NotFound(f"nothing was deleted under the number {tombstone_id}. 'delete list' shows what was.")
    if row.allowed_at is None:
        row.allowed_at, row.allowed_by = utc_now(), by[:64]
    tx.flush()
    return _told(row)


def _kept_out(tx: Session, digests: Sequence[str]) -> list[TombstoneRow]:
    found: list[TombstoneRow] = []
    for start in range(0, len(digests), _AT_A_TIME):
        some = digests[start : start + _AT_A_TIME]
        found += tx.scalars(
            select(TombstoneRow).where(TombstoneRow.digest.in_(some), TombstoneRow.allowed_at.is_(None))
        )
    return found


def _told(row: TombstoneRow) -> Tombstone:
    return Tombstone(row.id, row.kind, row.digest, row.at, row.by, row.why, row.allowed_at, row.allowed_by)
