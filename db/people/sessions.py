"""Signed-in browsers: each has a token in its cookie, which is stored only as a hash."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select, true, update
from sqlalchemy.orm import Session

from db.convert import session_record
from db.errors import AccountDisabled
from db.people.secrets import hash_of_secret, new_secret
from db.records import BrowserRecord, SessionRecord, UserRecord
from db.schema import LoginSessionRow, UserRow, UtcDateTime

NOTED_EVERY = timedelta(minutes=1)
"""How exactly it is known when a browser last asked."""
_ID = 16
"""Letters of the hash that name a browser among its person's own."""


def open_session(
    tx: Session, user: UserRecord, *, now: datetime, hours: float, browser: str = ""
) -> tuple[str, SessionRecord]:
    """Sign a browser in: the token for its cookie, and the session. Sessions that ended are forgotten.

    browser: what it calls itself, for its person to tell it by. Raises AccountDisabled, also where it was disabled
    since the password was looked at.
    """
    account = tx.get(UserRow, user.id, with_for_update=True)
    if account is None or account.disabled_at is not None:
        raise AccountDisabled(f"the account '{user.name}' is disabled. Ask a lead to enable it.")
    tx.execute(delete(LoginSessionRow).where(LoginSessionRow.expires_at <= now))
    token, csrf = new_secret(), new_secret()
    expires_at = now + timedelta(hours=hours)
    row = LoginSessionRow(
        token_hash=hash_of_secret(token),
        user_id=user.id,
        csrf=csrf,
        created_at=now,
        expires_at=expires_at,
        seen_at=now,
        browser=browser[:120],
    )
    tx.add(row)
    account.seen_at = now
    tx.flush()
    return token, SessionRecord(user=user, csrf=csrf, expires_at=expires_at, seen_at=now)


def session_of(tx: Session, token: str, *, now: datetime, idle: timedelta | None = None) -> SessionRecord | None:
    """The session a cookie's token belongs to; None if it ended, never was, or nobody used it for `idle`."""
    row = tx.get(LoginSessionRow, hash_of_secret(token))
    if row is None or row.expires_at <= now or row.user.disabled_at is not None:
        return None
    session = session_record(row)
    return session if idle is None or session.seen_at > now - idle else None


def note_seen(tx: Session, token: str, *, now: datetime) -> None:
    """This browser asks now."""
    mine = LoginSessionRow.token_hash == hash_of_secret(token)
    # The account first, as whoever signs it out does: two who lock in two orders would wait for each other.
    its_account = select(LoginSessionRow.user_id).where(mine).scalar_subquery()
    is_later = func.coalesce(UserRow.seen_at, UserRow.created_at, type_=UtcDateTime()) < now
    tx.execute(update(UserRow).where(UserRow.id == its_account, is_later).values(seen_at=now))
    tx.execute(update(LoginSessionRow).where(mine, asked_at() < now).values(seen_at=now))


def close_session(tx: Session, token: str) -> None:
    """Sign a browser out. Harmless when repeated."""
    tx.execute(delete(LoginSessionRow).where(LoginSessionRow.token_hash == hash_of_secret(token)))


def close_others(tx: Session, user: UserRecord, token: str) -> int:
    """Sign out every browser of the account but the one with this token: how many."""
    others = LoginSessionRow.token_hash != hash_of_secret(token)
    mine = delete(LoginSessionRow).where(LoginSessionRow.user_id == user.id, others)
    return len(tx.scalars(mine.returning(LoginSessionRow.token_hash)).all())


def close_all(tx: Session, user: UserRecord) -> int:
    """Sign out every browser of the account: how many."""
    all_of_them = delete(LoginSessionRow).where(LoginSessionRow.user_id == user.id)
    return len(tx.scalars(all_of_them.returning(LoginSessionRow.token_hash)).all())


def list_browsers(
    tx: Session, user: UserRecord, *, now: datetime, idle: timedelta | None = None
) -> list[BrowserRecord]:
    """Whatever is signed in as this person, the one that asked last first."""
    asked = asked_at() > now - idle if idle is not None else true()
    rows = (
        select(LoginSessionRow)
        .where(LoginSessionRow.user_id == user.id, LoginSessionRow.expires_at > now, asked)
        .order_by(asked_at().desc(), LoginSessionRow.token_hash)
    )
    return [
        BrowserRecord(row.token_hash[:_ID], row.browser, row.created_at, row.seen_at or row.created_at)
        for row in tx.scalars(rows)
    ]


def asked_at() -> ColumnElement[datetime]:
    """When a browser last asked, as far as it was noted."""
    return func.coalesce(LoginSessionRow.seen_at, LoginSessionRow.created_at, type_=UtcDateTime())


def id_of(token: str) -> str:
    """How `list_browsers` names the browser with this token."""
    return hash_of_secret(token)[:_ID]
