"""Accounts: added, signed in to, changed, disabled. Their work stays whatever becomes of them."""

import unicodedata
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, true
from sqlalchemy.orm import Session

from db.clock import utc_now
from db.convert import user_record
from db.errors import AccountDisabled, InvalidAccount, LastLead, NameTaken, NotFound
from db.people.secrets import hash_of_password, is_password
from db.people.sessions import asked_at, close_all, close_others
from db.records import AccountRecord, Role, UserRecord
from db.schema import LinkRow, LoginSessionRow, UserRow
from db.upsert import insert
from sspcm.pose import IMPORTED

NAME_LENGTH = 64
RESERVED_NAMES = (IMPORTED,)
"""The author that imported labels carry."""


def add_user(tx: Session, name: str, role: Role, password: str | None) -> UserRecord:
    """Make an account; without a password nobody signs in to it before a link was opened.

    Raises InvalidAccount, or NameTaken: names are unique without regard to capitals.
    """
    name = one_spelling(name)
    _check_name(name)
    row = {
        "name": name,
        "folded_name": name.casefold(),
        **_role_columns(role),
        "password_hash": "" if password is None else hash_of_password(password),
        "created_at": utc_now(),
    }
    added = tx.scalar(insert(tx, UserRow).values(row).on_conflict_do_nothing().returning(UserRow.id))
    if added is None:
        there = tx.scalar(select(UserRow.name).where(UserRow.folded_name == name.casefold()))
        capitals = "" if there == name else " Capitals do not tell accounts apart."
        raise NameTaken(f"there is an account '{there or name}' already; wanted a new name.{capitals} Choose another.")
    return UserRecord(id=added, name=name, role=role)


def authenticate(tx: Session, name: str, password: str) -> UserRecord | None:
    """The account these belong to, or None. Takes as long for a name that nobody has.

    Raises AccountDisabled: only to those who know the password.
    """
    name = one_spelling(name)
    # What cannot be printed is no account's name, and PostgreSQL takes no NUL; it is verified all the same.
    row = tx.scalar(select(UserRow).where(UserRow.folded_name == name.casefold())) if name.isprintable() else None
    if not is_password(password, row.password_hash if row else "") or row is None:
        return None
    if row.disabled_at is not None:
        raise AccountDisabled(f"the account '{row.name}' is disabled. Ask a lead to enable it.")
    return user_record(row)


def list_users(tx: Session) -> list[UserRecord]:
    """Every account, by name."""
    return [user_record(row) for row in tx.scalars(select(UserRow).order_by(UserRow.folded_name))]


def list_accounts(tx: Session, *, now: datetime, idle: timedelta | None = None) -> list[AccountRecord]:
    """Every account with what leads see of it, by name. idle: after which an unused browser counts as signed out."""
    asked = asked_at() > now - idle if idle is not None else true()
    browsers = (
        select(LoginSessionRow.user_id, func.count().label("count"), func.max(asked_at()).label("seen"))
        .where(LoginSessionRow.expires_at > now, asked)
        .group_by(LoginSessionRow.user_id)
        .subquery()
    )
    found = (
        select(UserRow, browsers.c.count, browsers.c.seen, LinkRow.expires_at)
        .outerjoin(browsers, browsers.c.user_id == UserRow.id)
        .outerjoin(LinkRow, (LinkRow.user_id == UserRow.id) & (LinkRow.expires_at > now))
        .order_by(UserRow.folded_name)
    )
    return [
        AccountRecord(
            user=user_record(row),
            created_at=row.created_at,
            disabled_at=row.disabled_at,
            has_password=bool(row.password_hash),
            link_until=until,
            sessions=count or 0,
            seen_at=max((at for at in (row.seen_at, seen) if at is not None), default=None),
        )
        for row, count, seen, until in tx.execute(found)
    ]


def find_user(tx: Session, name: str) -> UserRecord:
    """Whose name this is, whatever its capitals. Raises NotFound with the names that there are."""
    name = one_spelling(name)
    row = tx.scalar(select(UserRow).where(UserRow.folded_name == name.casefold())) if name.isprintable() else None
    if row is None:
        names = list(tx.scalars(select(UserRow.name).order_by(UserRow.folded_name).limit(20)))
        there = f"there are: {', '.join(names)}" if names else "there is none yet"
        raise NotFound(f"there is no account {name!r}; {there}. Check the name, or add it.")
    return user_record(row)


def get_user(tx: Session, user_id: int) -> UserRecord:
    """By its number; one that is disabled as well. Raises NotFound."""
    return user_record(_account(tx, user_id))


def set_role(tx: Session, user_id: int, role: Role) -> UserRecord:
    """Another role, from now on. Raises NotFound, or LastLead."""
    row = _account(tx, user_id)
    if role != "lead":
        _require_another_lead(tx, row, to_do="Make somebody else a lead first.")
    for column, value in _role_columns(role).items():
        setattr(row, column, value)
    tx.flush()
    return user_record(row)


def disable(tx: Session, user_id: int) -> UserRecord:
    """Nobody signs in to it from now on, its browsers are signed out, and its links opened by nobody; its tokens open
    nothing. Raises NotFound, or LastLead."""
    row = _locked_account(tx, user_id)
    _require_another_lead(tx, row, to_do="Make somebody else a lead first.")
    row.disabled_at = row.disabled_at or utc_now()
    tx.execute(delete(LinkRow).where(LinkRow.user_id == user_id))
    close_all(tx, user_record(row))
    tx.flush()
    return user_record(row)


def enable(tx: Session, user_id: int) -> UserRecord:
    """It is open again, with its password. Raises NotFound."""
    row = _locked_account(tx, user_id)
    row.disabled_at = None
    tx.flush()
    return user_record(row)


def set_password(tx: Session, user_id: int, password: str, *, keeps: str | None = None) -> int:
    """From now on only the new one opens the account, whose links are opened by nobody and whose browsers are signed
    out, but for the one with the token `keeps`: how many those are.

    Raises NotFound, or InvalidAccount where it is too short.
    """
    row = _locked_account(tx, user_id)
    row.password_hash = hash_of_password(password)
    tx.execute(delete(LinkRow).where(LinkRow.user_id == user_id))
    user = user_record(row)
    return close_all(tx, user) if keeps is None else close_others(tx, user, keeps)


def one_spelling(name: str) -> str:
    """Two spellings of an é are one name, and spaces around it are nobody's."""
    return unicodedata.normalize("NFKC", name).strip()


def _role_columns(role: Role) -> dict[str, Any]:
    """A reviewer is stored as an annotator who reviews as well."""
    return {"role": "annotator" if role == "reviewer" else role, "is_reviewer": role == "reviewer"}


def _account(tx: Session, user_id: int) -> UserRow:
    row = tx.get(UserRow, user_id)
    if row is None:
        raise NotFound(f"there is no account of number {user_id}. Reload the page.")
    return row


def _locked_account(tx: Session, user_id: int) -> UserRow:
    """Nobody else changes it, or makes a link to it, before this transaction ends."""
    tx.get(UserRow, user_id, with_for_update=True)
    return _account(tx, user_id)


def _require_another_lead(tx: Session, row: UserRow, *, to_do: str) -> None:
    if row.role != "lead" or row.disabled_at is not None:
        return
    # Locked where the database can: two leads who take each other's role away at once would leave none.
    # Whoever has only been invited may never come.
    can_sign_in = (UserRow.disabled_at.is_(None), UserRow.password_hash != "")
    leads = select(UserRow.id).where(UserRow.role == "lead", *can_sign_in).with_for_update()
    if not set(tx.scalars(leads)) - {row.id}:
        raise LastLead(f"'{row.name}' is the only lead who can sign in; without one nobody could add accounts. {to_do}")


def _check_name(name: str) -> None:
    if not 1 <= len(name) <= NAME_LENGTH or not name.isprintable():
        raise InvalidAccount(
            f"the name {name!r} has {len(name)} characters; wanted 1 to {NAME_LENGTH} printable ones. Choose another."
        )
    if name.casefold() in RESERVED_NAMES:
        raise InvalidAccount(f"'{name}' is the author of imported labels; wanted a person's name. Choose another.")
