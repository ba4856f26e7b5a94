"""Who of a provider signs in to which account: by issuer and subject, once an e-mail address has said whose it is."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.clock import utc_now
from db.convert import user_record
from db.errors import AccountDisabled, InvalidAccount, LastLead, NameTaken
from db.people import users
from db.records import UserRecord
from db.schema import IdentityRow, UserRow

EMAIL_LENGTH = 320
How = Literal["known", "linked", "added"]


@dataclass(frozen=True)
class Person:
    """As a provider told of somebody. email: verified by it, in small letters; is_lead: None where it says nothing."""

    issuer: str
    subject: str
    email: str | None = None
    name: str | None = None
    is_lead: bool | None = None


class NotAdded(InvalidAccount):
    """Nobody added them here, or their account is another's."""


def expect(tx: Session, user_id: int, email: str) -> str:
    """Whoever a provider knows by that address signs in to this account from now on; the address as it is kept.

    Whom it was linked to before is forgotten. Raises InvalidAccount, NotFound.
    """
    users.get_user(tx, user_id)
    email = email.strip().casefold()
    if not email.isprintable() or not 3 <= len(email) <= EMAIL_LENGTH or email.count("@") != 1:
        raise InvalidAccount(f"'{email:.80}' is no e-mail address; wanted one, as in ann@example.org. Check it.")
    other = tx.scalar(select(IdentityRow).where(IdentityRow.email == email, IdentityRow.user_id != user_id))
    if other is not None:
        owner = users.get_user(tx, other.user_id).name
        raise InvalidAccount(f"'{email}' is the address of the account '{owner}' already; wanted another. Check it.")
    row = {"email": email, "issuer": None, "subject": None, "created_at": utc_now(), "linked_at": None}
    there = tx.scalar(select(IdentityRow).where(IdentityRow.user_id == user_id))
    if there is None:
        tx.add(IdentityRow(user_id=user_id, **row))
    else:
        for name, value in row.items():
            setattr(there, name, value)
    tx.flush()
    return email


def known(tx: Session, person: Person) -> UserRecord | None:
    """The account that is theirs already, to be told without a turn to write. Raises AccountDisabled."""
    query = select(UserRow).join(IdentityRow, IdentityRow.user_id == UserRow.id)
    account = tx.scalar(query.where(IdentityRow.issuer == person.issuer, IdentityRow.subject == person.subject))
    if account is None:
        return None
    _require_enabled(account)
    return user_record(account)


def changes_role(user: UserRecord, person: Person) -> bool:
    """Whether the provider says another role than the account's."""
    return person.is_lead is not None and (user.role == "lead") != person.is_lead


def come_in(tx: Session, person: Person, *, may_be_new: bool) -> tuple[UserRecord, How]:
    """Their account, and whether it was theirs before, is linked to them now, or made for them.

    Raises NotAdded, and AccountDisabled: only to who proved to be its owner.
    """
    found = tx.scalar(
        select(IdentityRow).where(IdentityRow.issuer == person.issuer, IdentityRow.subject == person.subject)
    )
    how: How = "known"
    if found is None:
        found, how = _linked(tx, person), "linked"
    if found is None:
        if not may_be_new:
            raise _nobody_added(person)
        found, how = _added(tx, person), "added"
    account = tx.get_one(UserRow, found.user_id, populate_existing=True)
    _require_enabled(account)
    _settle_role(tx, account, person)
    return user_record(account), how


def _linked(tx: Session, person: Person) -> IdentityRow | None:
    """The account that a lead added for this address: said so, or named by it."""
    if person.email is None:
        return None
    row = tx.scalar(select(IdentityRow).where(IdentityRow.email == person.email).with_for_update())
    if row is None:
        user = tx.scalar(select(UserRow).where(UserRow.folded_name == users.one_spelling(person.email).casefold()))
        if user is None:
            return None
        if tx.scalar(select(IdentityRow.id).where(IdentityRow.user_id == user.id)) is not None:
            raise _anothers(person.email)
        row = IdentityRow(user_id=user.id, email=person.email, created_at=utc_now())
        tx.add(row)
    elif row.subject is not None:
        raise _anothers(person.email)
    row.issuer, row.subject, row.linked_at = person.issuer, person.subject, utc_now()
    tx.flush()
    return row


def _added(tx: Session, person: Person) -> IdentityRow:
    """An account of their own, as an annotator. Raises NotAdded where nothing is left to call it by."""
    name = person.email or person.name
    if name is None:
        raise NotAdded("the provider tells neither your e-mail address, verified, nor a name; wanted one. Ask a lead.")
    try:
        user = users.add_user(tx, name, "annotator", None)
    except NameTaken as error:
        raise NotAdded(
            f"there is an account '{name}' already, and nobody said that it is yours. Ask a lead to say so."
        ) from error
    except InvalidAccount as error:
        raise NotAdded(f"no account can be called '{name}' ({error}). Ask a lead to add one for you.") from error
    row = IdentityRow(
        user_id=user.id, issuer=person.issuer, subject=person.subject, email=person.email, created_at=utc_now()
    )
    row.linked_at = row.created_at
    tx.add(row)
    tx.flush()
    return row


def _require_enabled(account: UserRow) -> None:
    if account.disabled_at is not None:
        raise AccountDisabled(f"the account '{account.name}' is disabled. Ask a lead to enable it.")


def _settle_role(tx: Session, account: UserRow, person: Person) -> None:
    """As the provider says, where it says something. The last lead stays one, so that somebody can let others in."""
    if person.is_lead is None or (account.role == "lead") == person.is_lead:
        return
    if person.is_lead:
        users.set_role(tx, account.id, "lead")
        return
    try:
        users.set_role(tx, account.id, "annotator")
    except LastLead:
        return


def _nobody_added(person: Person) -> NotAdded:
    who = "the provider tells no verified e-mail address of you" if person.email is None else f"you are {person.email}"
    return NotAdded(f"no account here is yours ({who}). Ask a lead to add one for that address, then sign in again.")


def _anothers(email: str) -> NotAdded:
    return NotAdded(
        f"the account for {email} is linked to somebody else of the provider. Ask a lead to give the address anew."
    )
