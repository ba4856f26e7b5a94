"""Accounts and signed-in browsers."""

import hashlib
import secrets
import unicodedata
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from db.clock import utc_now
from db.convert import session_record, user_record
from db.errors import InvalidAccount, NameTaken
from db.records import Role, SessionRecord, UserRecord
from db.schema import LoginSessionRow, UserRow
from db.upsert import insert
from sspcm.pose import IMPORTED

PASSWORD_LENGTH = 8
NAME_LENGTH = 64
RESERVED_NAMES = (IMPORTED,)
"""The author that imported labels carry."""

# Of a random password nobody has. Verifying against it takes as long as verifying a real account's.
_NOBODYS_HASH = "$argon2id$v=19$m=19456,t=2,p=1$KDxSyIEG7sN8fjJ4VyxevA$7bA+UILn1E31/fDGRC/PP5+HiOg4IAk2jGzPRdPG5YU"


def add_user(tx: Session, name: str, role: Role, password: str) -> UserRecord:
    """Make an account. Raises InvalidAccount, or NameTaken: names are unique without regard to capitals."""
    name = unicodedata.normalize("NFKC", name).strip()  # two spellings of an é are one name
    _check_name(name)
    _check_password(password)
    row = {
        "name": name,
        "folded_name": name.casefold(),
        "role": role,
        "password_hash": _hasher().hash(password),
        "created_at": utc_now(),
    }
    added = tx.scalar(insert(tx, UserRow).values(row).on_conflict_do_nothing().returning(UserRow.id))
    if added is None:
        there = tx.scalar(select(UserRow.name).where(UserRow.folded_name == name.casefold()))
        capitals = "" if there == name else " Capitals do not tell accounts apart."
        raise NameTaken(f"there is an account '{there or name}' already; wanted a new name.{capitals} Choose another.")
    return UserRecord(id=added, name=name, role=role)


def authenticate(tx: Session, name: str, password: str) -> UserRecord | None:
    """The account these belong to, or None. Takes as long for a name that nobody has."""
    name = unicodedata.normalize("NFKC", name).strip()
    # What cannot be printed is no account's name, and PostgreSQL takes no NUL; it is verified all the same.
    row = tx.scalar(select(UserRow).where(UserRow.folded_name == name.casefold())) if name.isprintable() else None
    try:
        _hasher().verify(row.password_hash if row else _NOBODYS_HASH, password)
    except VerificationError:
        return None
    return user_record(row) if row else None


def list_users(tx: Session) -> list[UserRecord]:
    """Every account, by name."""
    return [user_record(row) for row in tx.scalars(select(UserRow).order_by(UserRow.folded_name))]


def open_session(tx: Session, user: UserRecord, *, now: datetime, hours: float) -> tuple[str, SessionRecord]:
    """Sign a browser in: the token for its cookie, which is stored only as a hash, and the session.

    Sessions that ended are forgotten.
    """
    tx.execute(delete(LoginSessionRow).where(LoginSessionRow.expires_at <= now))
    token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    expires_at = now + timedelta(hours=hours)
    tx.add(
        LoginSessionRow(
            token_hash=_token_hash(token), user_id=user.id, csrf=csrf, created_at=now, expires_at=expires_at
        )
    )
    tx.flush()
    return token, SessionRecord(user=user, csrf=csrf, expires_at=expires_at)


def session_of(tx: Session, token: str, *, now: datetime) -> SessionRecord | None:
    """The session a cookie's token belongs to; None if it ended or never was."""
    row = tx.get(LoginSessionRow, _token_hash(token))
    return session_record(row) if row is not None and row.expires_at > now else None


def close_session(tx: Session, token: str) -> None:
    """Sign a browser out. Harmless when repeated."""
    tx.execute(delete(LoginSessionRow).where(LoginSessionRow.token_hash == _token_hash(token)))


def _hasher() -> PasswordHasher:
    """Argon2id with the memory and passes that OWASP's password storage sheet names (19 MiB, 2, 1)."""
    return PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


def _token_hash(token: str) -> str:
    """A token has 256 random bits, so a plain hash is as good as a slow one."""
    return hashlib.sha256(token.encode()).hexdigest()


def _check_name(name: str) -> None:
    if not 1 <= len(name) <= NAME_LENGTH or not name.isprintable():
        raise InvalidAccount(
            f"the name {name!r} has {len(name)} characters; wanted 1 to {NAME_LENGTH} printable ones. Choose another."
        )
    if name.casefold() in RESERVED_NAMES:
        raise InvalidAccount(f"'{name}' is the author of imported labels; wanted a person's name. Choose another.")


def _check_password(password: str) -> None:
    if len(password) < PASSWORD_LENGTH:
        raise InvalidAccount(
            f"the password has {len(password)} characters; wanted {PASSWORD_LENGTH} or more. Choose a longer one."
        )
