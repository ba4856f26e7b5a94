"""Accounts, one's own and everybody's, API tokens, and the audit log."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from app.contract.base import Message, Payload
from db.records import AccountRecord, BrowserRecord, LogEntry, Role, Scope, TokenRecord

AccountState = Literal["active", "invited", "no_password", "disabled"]
"""invited: a link waits to be opened. no_password: none waits, so nobody can sign in."""
TypedName = Annotated[str, Field(max_length=1000)]
TypedPassword = Annotated[str, Field(max_length=1000)]
LONGEST_DAYS = 3650


class AddAccountMessage(Message):
    """A new account. password: null makes a link to choose one by."""

    name: TypedName
    role: Role
    password: TypedPassword | None = None


class ChangeAccountMessage(Message):
    """What is done to an account. new_link: its password stays until the link is opened."""

    do: Literal["disable", "enable", "make_lead", "make_reviewer", "make_annotator", "new_link", "sign_out"]


class PasswordMessage(Message):
    """One's own password, by the old one."""

    old: TypedPassword
    new: TypedPassword


class MakeTokenMessage(Message):
    """A token for a program. days: null is for ever."""

    name: TypedName
    scope: Scope
    days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)] | None = None


class AccountPayload(Payload):
    """An account as leads see it. sessions: browsers that are signed in; seen_at: when one of theirs last asked."""

    id: int
    name: str
    role: Role
    state: AccountState
    created_at: str
    link_until: str | None
    sessions: int
    seen_at: str | None

    @classmethod
    def of(cls, account: AccountRecord) -> "AccountPayload":
        """With its state as one word."""
        state: AccountState = "active" if account.has_password else "invited" if account.link_until else "no_password"
        return cls(
            id=account.user.id,
            name=account.user.name,
            role=account.user.role,
            state="disabled" if account.disabled_at else state,
            created_at=account.created_at.isoformat(),
            link_until=_moment(account.link_until),
            sessions=account.sessions,
            seen_at=_moment(account.seen_at),
        )


class TokenPayload(Payload):
    """An API token without its secret; begins: its first letters."""

    id: int
    owner: str
    name: str
    scope: Scope
    begins: str
    created_at: str
    expires_at: str | None
    used_at: str | None

    @classmethod
    def of(cls, token: TokenRecord) -> "TokenPayload":
        """As it is kept."""
        return cls(
            id=token.id,
            owner=token.owner,
            name=token.name,
            scope=token.scope,
            begins=token.begins,
            created_at=token.created_at.isoformat(),
            expires_at=_moment(token.expires_at),
            used_at=_moment(token.used_at),
        )


class TeamPayload(Payload):
    """Every account and every token."""

    accounts: list[AccountPayload]
    tokens: list[TokenPayload]


class BackupPayload(Payload):
    """What one types to back the home up and to make a home of that. last: when somebody did so here; null: never.

    has_images: whether the download has them; a home in a bucket has not.
    """

    last: str | None
    has_images: bool
    backup: str
    restore: str


class AccountChangedPayload(Payload):
    """The team as it is now. link: the address, from this server's on, that opens once; nobody is told it again."""

    name: str
    link: str | None
    team: TeamPayload


class BrowserPayload(Payload):
    """One of one's own signed-in browsers. browser: what it calls itself."""

    id: str
    browser: str
    created_at: str
    seen_at: str
    is_this: bool

    @classmethod
    def of(cls, browser: BrowserRecord, this: str) -> "BrowserPayload":
        """this: the id of the one that asks."""
        return cls(
            id=browser.id,
            browser=browser.browser,
            created_at=browser.created_at.isoformat(),
            seen_at=browser.seen_at.isoformat(),
            is_this=browser.id == this,
        )


class OwnAccountPayload(Payload):
    """One's own account. hours: after which a browser is signed out; idle_hours: after which an idle one is."""

    name: str
    role: Role
    hours: float
    idle_hours: float
    browsers: list[BrowserPayload]
    tokens: list[TokenPayload]


class TokenMadePayload(Payload):
    """A new token, told this once, and the account as it is now."""

    token: str
    account: OwnAccountPayload


class LogEntryPayload(Payload):
    """A line of the audit log."""

    id: int
    at: str
    actor: str
    via: str
    action: str
    about: str
    details: dict[str, Any]

    @classmethod
    def of(cls, entry: LogEntry) -> "LogEntryPayload":
        """As it was written."""
        return cls(
            id=entry.id,
            at=entry.at.isoformat(),
            actor=entry.actor,
            via=entry.via,
            action=entry.action,
            about=entry.about,
            details=entry.details,
        )


class LogPayload(Payload):
    """The newest lines. before: what to ask with for those before them; null where there are none."""

    entries: list[LogEntryPayload]
    before: int | None


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
