"""What leads do to accounts, and people to their own: each with its line in the audit log, in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy.orm import Session

from db.clock import utc_now
from db.errors import WrongPassword
from db.people import audit, links, sessions, tokens, users
from db.people.audit import Actor
from db.people.secrets import is_password
from db.records import Role, Scope, SessionRecord, TokenRecord, UserRecord
from db.schema import UserRow
from db.store.session import Store

Change = Literal["disable", "enable", "make_lead", "make_reviewer", "make_annotator", "new_link", "sign_out"]
WORDS: Mapping[Change, str] = {
    "disable": "account disabled",
    "enable": "account enabled",
    "make_lead": "role changed",
    "make_reviewer": "role changed",
    "make_annotator": "role changed",
    "new_link": "link made",
    "sign_out": "browsers signed out",
}
"""How the log calls each."""


@dataclass(frozen=True)
class Changed:
    """An account as it is now. key: of a link that was made for it, which nobody is told again."""

    user: UserRecord
    key: str | None = None


def add(store: Store, actor: Actor, name: str, role: Role, password: str | None) -> Changed:
    """A new account, with a password or with a link to choose one. Raises InvalidAccount, NameTaken."""
    with store.transaction() as tx:
        user = users.add_user(tx, name, role, password)
        key = links.make_link(tx, user, now=utc_now()) if password is None else None
        audit.note(tx, actor, "account added", user.name, {"role": role, "by": "password" if key is None else "link"})
        return Changed(user, key)


def change(store: Store, actor: Actor, user_id: int, what: Change) -> Changed:
    """What a lead does to an account. Raises NotFound, LastLead, or AccountDisabled for a link to one."""
    with store.transaction() as tx:
        changed, details = _change(tx, user_id, what)
        audit.note(tx, actor, WORDS[what], changed.user.name, details)
        return changed


def _change(tx: Session, user_id: int, what: Change) -> tuple[Changed, dict[str, Any]]:
    match what:
        case "disable":
            return Changed(users.disable(tx, user_id)), {}
        case "enable":
            return Changed(users.enable(tx, user_id)), {}
        case "make_lead":
            return Changed(users.set_role(tx, user_id, "lead")), {"role": "lead"}
        case "make_reviewer":
            return Changed(users.set_role(tx, user_id, "reviewer")), {"role": "reviewer"}
        case "make_annotator":
            return Changed(users.set_role(tx, user_id, "annotator")), {"role": "annotator"}
        case "new_link":
            user = users.get_user(tx, user_id)
            return Changed(user, links.make_link(tx, user, now=utc_now())), {}
        case "sign_out":
            user = users.get_user(tx, user_id)
            return Changed(user), {"browsers": sessions.close_all(tx, user)}


def choose_password(store: Store, key: str, password: str) -> UserRecord:
    """Whoever has the link chooses the account's password. Raises LinkSpent, InvalidAccount."""
    with store.transaction() as tx:
        user = links.use_link(tx, key, password, now=utc_now())
        audit.note(tx, Actor(user.name, "link", user), "password chosen", user.name)
        return user


def change_password(store: Store, session: SessionRecord, token: str, old: str, new: str) -> int:
    """One's own, by the old one; this browser stays signed in, the others do not: how many those are.

    Raises WrongPassword where the old one is, and InvalidAccount where the new one cannot be.
    """
    with store.transaction() as tx:
        row = tx.get(UserRow, session.user.id, with_for_update=True)  # of two changes at once the second is refused
        if row is None or not is_password(old, row.password_hash):
            raise WrongPassword("the password that you have now is another one. Type it again; capitals count.")
        others = users.set_password(tx, session.user.id, new, keeps=token)
        audit.note(tx, Actor.of(session), "password changed", session.user.name)
        return others


def sign_others_out(store: Store, session: SessionRecord, token: str) -> int:
    """One's own other browsers: how many."""
    with store.transaction() as tx:
        count = sessions.close_others(tx, session.user, token)
        audit.note(tx, Actor.of(session), WORDS["sign_out"], session.user.name, {"browsers": count})
        return count


def make_token(
    store: Store, session: SessionRecord, name: str, scope: Scope, days: int | None
) -> tuple[str, TokenRecord]:
    """One's own API token, told this once. Raises InvalidAccount."""
    with store.transaction() as tx:
        token, record = tokens.make_token(tx, session.user, name, scope, now=utc_now(), days=days)
        audit.note(tx, Actor.of(session), "token made", record.name, {"scope": scope, "days": days})
        return token, record


def revoke_token(store: Store, session: SessionRecord, token_id: int) -> TokenRecord:
    """One's own; a lead everybody's. Raises NotFound."""
    with store.transaction() as tx:
        record = tokens.revoke_token(tx, token_id, by=session.user)
        audit.note(tx, Actor.of(session), "token revoked", record.name, {"of": record.owner})
        return record
