"""API tokens: a program's key, with a scope. Shown once, stored as a hash, revocable."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from db.convert import token_record, user_record
from db.errors import InvalidAccount, NotFound
from db.people.secrets import hash_of_secret, new_secret
from db.people.sessions import NOTED_EVERY
from db.records import Scope, SessionRecord, TokenRecord, UserRecord
from db.schema import TokenRow

PREFIX = "pl_"
"""So that scanners for lost secrets, and people, know one when they see it."""
MOST = 50
"""Of one account."""
LONGEST_NAME = 64
_BEGINS = 8
_NEVER = timedelta(days=365_000)


def make_token(
    tx: Session, owner: UserRecord, name: str, scope: Scope, *, now: datetime, days: int | None = None
) -> tuple[str, TokenRecord]:
    """The token, which nobody is told again, and its record. days: after which it opens nothing; None: never.

    Raises InvalidAccount for a name that cannot be, a scope that its owner does not have, or one token too many.
    """
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        wanted = f"wanted 1 to {LONGEST_NAME} printable ones"
        raise InvalidAccount(f"the token's name {name!r:.100} has {len(name)} characters; {wanted}. Choose another.")
    if scope == "lead" and owner.role != "lead":
        raise InvalidAccount("a token of the scope 'lead' is for leads; choose 'read' or 'label'.")
    there = len(list_tokens(tx, owner))
    if there >= MOST:
        raise InvalidAccount(
            f"there are {there} tokens of '{owner.name}' already, the most of one account. Revoke one."
        )
    token = PREFIX + new_secret()
    row = TokenRow(
        token_hash=hash_of_secret(token),
        user_id=owner.id,
        name=name,
        scope=scope,
        begins=token[:_BEGINS],
        created_at=now,
        expires_at=None if days is None else now + timedelta(days=days),
        used_at=None,
    )
    tx.add(row)
    tx.flush()
    return token, token_record(row)


def list_tokens(tx: Session, owner: UserRecord | None = None) -> list[TokenRecord]:
    """Everybody's, or one account's, the newest first."""
    rows = select(TokenRow).order_by(TokenRow.id.desc())
    return [
        token_record(row) for row in tx.scalars(rows if owner is None else rows.where(TokenRow.user_id == owner.id))
    ]


def revoke_token(tx: Session, token_id: int, *, by: UserRecord) -> TokenRecord:
    """It opens nothing from now on. One's own; a lead everybody's. Raises NotFound."""
    row = tx.get(TokenRow, token_id)
    if row is None or (by.role != "lead" and row.user_id != by.id):
        raise NotFound(f"there is no token of number {token_id}. It may be revoked already; reload the page.")
    record = token_record(row)
    tx.execute(delete(TokenRow).where(TokenRow.id == token_id))
    return record


def session_of_token(tx: Session, token: str, *, now: datetime) -> SessionRecord | None:
    """Whose token this is and what it may do; None if it was revoked, is over, or never was. A lead's token whose owner
    is no lead any more looks and labels."""
    row = tx.scalar(select(TokenRow).where(TokenRow.token_hash == hash_of_secret(token)))
    if row is None or row.user.disabled_at is not None:
        return None
    if row.expires_at is not None and row.expires_at <= now:
        return None
    return SessionRecord(
        user=user_record(row.user),
        csrf="",
        expires_at=row.expires_at or now + _NEVER,
        seen_at=row.used_at or row.created_at,
        token=row.name,
        is_unused=row.used_at is None,
        scope="label" if row.scope == "lead" and row.user.role != "lead" else row.scope,
    )


def note_used(tx: Session, token: str, *, now: datetime) -> None:
    """This token is used now."""
    mine = TokenRow.token_hash == hash_of_secret(token)
    long_ago = (TokenRow.used_at.is_(None)) | (TokenRow.used_at <= now - NOTED_EVERY)
    tx.execute(update(TokenRow).where(mine, long_ago).values(used_at=now))
