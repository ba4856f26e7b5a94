"""The audit log: who did what, in the order in which it was done. Nothing here changes a line that is written.

A decision about a person is not here: every revision of a label says whose it is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.clock import utc_now
from db.convert import log_entry
from db.records import LogEntry, SessionRecord, UserRecord
from db.schema import LogRow

BY_PAGE = "page"
BY_COMMAND = "command"
_AT_A_TIME = 1000


@dataclass(frozen=True)
class Actor:
    """Who acts, and how. user: None for somebody at the machine's own command line."""

    name: str
    via: str
    user: UserRecord | None = None

    @classmethod
    def of(cls, session: SessionRecord) -> "Actor":
        """Whoever asks a server."""
        via = BY_PAGE if session.token is None else f"token {session.token}"
        return cls(session.user.name, via, session.user)


def note(tx: Session, actor: Actor, action: str, about: str = "", details: Mapping[str, Any] | None = None) -> None:
    """Write a line, together with what it tells of. action: a word of ours, such as "account added"."""
    tx.add(
        LogRow(
            at=utc_now(),
            user_id=None if actor.user is None else actor.user.id,
            actor=actor.name[:64],
            via=actor.via[:80],
            action=action,
            about=about[:256],
            details=dict(details or {}),
        )
    )
    tx.flush()


def last(tx: Session, action: str) -> LogEntry | None:
    """The newest line of this action."""
    row = tx.scalar(select(LogRow).where(LogRow.action == action).order_by(LogRow.id.desc()).limit(1))
    return None if row is None else log_entry(row)


def read(tx: Session, *, before: int | None = None, actor: str | None = None, most: int = 100) -> list[LogEntry]:
    """Its newest lines. before: the id of the line to read on from. actor: only what this person did."""
    if actor is not None and not actor.isprintable():  # nobody's name, and PostgreSQL takes no NUL
        return []
    rows = select(LogRow).order_by(LogRow.id.desc()).limit(most)
    if before is not None:
        rows = rows.where(LogRow.id < before)
    if actor is not None:
        rows = rows.where(LogRow.actor == actor)
    return [log_entry(row) for row in tx.scalars(rows)]


def read_all(tx: Session) -> Iterator[LogEntry]:
    """The whole log, the oldest line first, in bounded memory."""
    last = 0
    while True:
        rows = list(tx.scalars(select(LogRow).where(LogRow.id > last).order_by(LogRow.id).limit(_AT_A_TIME)))
        yield from map(log_entry, rows)
        if len(rows) < _AT_A_TIME:
            return
        last = rows[-1].id
        tx.expunge_all()
