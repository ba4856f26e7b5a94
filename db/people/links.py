"""One-time links. Whoever opens one chooses a password: of a new account, or of one whose password is forgotten; or
becomes the first lead of a home that has no account."""

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from db.convert import user_record
from db.errors import AccountDisabled, LinkSpent
from db.people import users
from db.people.secrets import hash_of_secret, new_secret
from db.records import UserRecord
from db.schema import LinkRow, UserRow

LASTS = timedelta(days=7)
HAS_ACCOUNTS = "this home has an account already, so this link makes none. Sign in, or ask a lead for one."
NOT_NEWEST = "this link is not the newest one, or older than 7 days. Start the server again for a new one."
SPENT = "this link was opened already, was replaced by a newer one, or is older than 7 days. Ask a lead for a new one."


def make_link(tx: Session, user: UserRecord | None, *, now: datetime) -> str:
    """The key of a link that opens once; earlier ones of the account open no more. user: None for the first lead's.

    Raises AccountDisabled.
    """
    # Locked: two leads who make a link at once make one after the other.
    row = None if user is None else tx.get(UserRow, user.id, with_for_update=True)
    if row is not None and row.disabled_at is not None:
        raise AccountDisabled(f"the account '{row.name}' is disabled, so that no link opens it. Enable it first.")
    mine = LinkRow.user_id == user.id if user is not None else LinkRow.user_id.is_(None)
    tx.execute(delete(LinkRow).where(mine | (LinkRow.expires_at <= now)))
    key = new_secret()
    tx.add(
        LinkRow(
            key_hash=hash_of_secret(key),
            user_id=None if user is None else user.id,
            created_at=now,
            expires_at=now + LASTS,
        )
    )
    tx.flush()
    return key


def use_link(tx: Session, key: str, password: str, *, now: datetime) -> UserRecord:
    """Whose link it is, with the password from now on. Raises LinkSpent, or InvalidAccount, and then it stays open."""
    row = _open_link(tx, key, now=now)
    user = None if row is None or row.user_id is None else tx.get(UserRow, row.user_id, with_for_update=True)
    if user is None or user.disabled_at is not None:
        raise LinkSpent(SPENT)
    users.set_password(tx, user.id, password)  # which takes the link away
    return user_record(user)


def make_first_lead(tx: Session, key: str, name: str, password: str, *, now: datetime) -> UserRecord:
    """The home's first account. Raises LinkSpent, also where there is an account already; InvalidAccount."""
    row = _open_link(tx, key, now=now)
    if has_accounts(tx):
        raise LinkSpent(HAS_ACCOUNTS)
    if row is None or row.user_id is not None:
        raise LinkSpent(NOT_NEWEST)
    made = users.add_user(tx, name, "lead", password)
    tx.execute(delete(LinkRow).where(LinkRow.user_id.is_(None)))
    return made


def is_first_leads(tx: Session, key: str, *, now: datetime) -> bool:
    """Whether this key makes the first lead."""
    row = tx.get(LinkRow, hash_of_secret(key))
    return row is not None and row.expires_at > now and row.user_id is None


def has_accounts(tx: Session) -> bool:
    """Whether anybody could sign in, or was invited to."""
    return bool(tx.scalar(select(exists().where(UserRow.id.is_not(None)))))


def may_open(tx: Session, key: str, *, now: datetime) -> bool:
    """Whether any link has this key: asked without a lock, so that a made-up one costs nobody a turn."""
    row = tx.get(LinkRow, hash_of_secret(key))
    return row is not None and row.expires_at > now


def _open_link(tx: Session, key: str, *, now: datetime) -> LinkRow | None:
    """Locked: of two who open it at once one is too late."""
    row = tx.get(LinkRow, hash_of_secret(key), with_for_update=True)
    return row if row is not None and row.expires_at > now else None
