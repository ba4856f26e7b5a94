"""Accounts: added, listed, changed; and the log of who did what."""

import argparse
import getpass
import secrets
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from app.cli.console import answer
from app.cli.options import Subparsers, add_json, command, group, positive

ROLES = ("annotator", "reviewer", "lead")
"""As `db.records` has them, which no `--help` waits for."""

if TYPE_CHECKING:
    from app.contract.team import AccountPayload
    from app.home.settings import Settings
    from app.team.accounts import Change
    from db.people.audit import Actor


def add_user(several: "Subparsers[argparse.ArgumentParser]") -> None:
    """The commands `user ...` and `log`."""
    user = group(several, "user", help="accounts")
    add = command(
        user,
        "add",
        example="user add ann --role annotator --link",
        help="add an account; prints a generated password unless one comes on stdin, or a link is asked for",
    )
    add.add_argument("name", metavar="NAME", help="whom they sign in as; capitals do not count")
    add.add_argument(
        "--role",
        choices=ROLES,
        required=True,
        help="a reviewer also reviews, a lead launches rounds",
    )
    how = add.add_mutually_exclusive_group()
    how.add_argument("--password-stdin", action="store_true", help="read the password from stdin")
    how.add_argument("--link", action="store_true", help="print a link that opens once, to choose a password by")
    add_json(add, run=user_add, name="user add")

    listed = command(user, "list", example="user list", help="every account, its role and state, and when it was seen")
    add_json(listed, run=user_list, name="user list")

    for name, help_ in (
        ("disable", "sign somebody out everywhere and let them in no more; their work stays"),
        ("enable", "let somebody in again"),
        ("link", "print a link that opens once, to choose a new password by"),
        ("sign-out", "sign somebody out of every browser"),
    ):
        changed = command(user, name, example=f"user {name} ann", help=help_)
        changed.add_argument("name", metavar="NAME", help="whose account it is")
        add_json(changed, run=user_change, name=f"user {name}")
    role = command(user, "role", example="user role ann lead", help="make somebody an annotator, a reviewer or a lead")
    role.add_argument("name", metavar="NAME", help="whose account it is")
    role.add_argument("role", choices=ROLES, help="what they are from now on")
    add_json(role, run=user_change, name="user role")

    email = command(
        user,
        "email",
        example="user email ann ann@example.org",
        help="by which address at the provider one signs in",
    )
    email.add_argument("name", metavar="NAME", help="whose account it is")
    email.add_argument("address", metavar="ADDRESS", help="as the provider has it; whom it was linked to is forgotten")
    add_json(email, run=user_email, name="user email")

    log = command(several, "log", example="log --csv > log.csv", help="who did what: the audit log, newest first")
    log.add_argument("--by", metavar="NAME", help="only what this person did")
    log.add_argument("--most", type=positive, default=50, help="how many lines (default: 50)")
    log.add_argument("--csv", action="store_true", help="all of it as CSV, oldest first")
    add_json(log, run=show_log, name="log")


def user_add(settings: "Settings", options: argparse.Namespace) -> int:
    """A new account."""
    from app.cli.store import CommandError, new_or_old_store
    from db.clock import utc_now
    from db.people import audit, links, users

    if options.password_stdin and sys.stdin is None:
        raise CommandError("there is no stdin to read the password from. Send it: echo PASSWORD | ... user add")
    given = sys.stdin.readline().rstrip("\r\n") if options.password_stdin else None
    if given is not None and any("\ud800" <= character <= "\udfff" for character in given):
        raise CommandError("the password on stdin is no text in UTF-8; wanted letters that can be written down.")
    password = None if options.link else secrets.token_urlsafe(12) if given is None else given
    with new_or_old_store(settings) as store, store.transaction() as tx:
        user = users.add_user(tx, options.name, options.role, password)
        by = "link" if options.link else "password"
        audit.note(tx, whoever_runs_this(), "account added", user.name, {"role": user.role, "by": by})
        shown: dict[str, Any] = {"name": user.name, "role": user.role}
        if options.link:
            shown["link"] = _address(settings, links.make_link(tx, user, now=utc_now()))
        elif given is None:
            shown["password"] = password
        # inside: where nobody can be told the password, there is no account
        answer(shown, as_json=options.json, plain=lambda: (f"{key:<9} {value}" for key, value in shown.items()))
    return 0


def user_list(settings: "Settings", options: argparse.Namespace) -> int:
    """Every account."""
    from app.cli.store import known_store
    from app.team.told import team_told

    with known_store(settings) as store, store.reading() as tx:
        accounts = team_told(tx, settings).accounts
    answer([account.model_dump() for account in accounts], as_json=options.json, plain=lambda: _lines(accounts))
    return 0


def _lines(accounts: "list[AccountPayload]") -> Iterator[str]:
    if not accounts:
        yield "There is no account yet. Make one: user add NAME --role lead"
    for one in accounts:
        seen = f"seen {one.seen_at[:16].replace('T', ' ')} UTC" if one.seen_at else "not signed in"
        yield f"{one.name:<20} {one.role:<10} {one.state.replace('_', ' '):<12} {seen}"


def user_change(settings: "Settings", options: argparse.Namespace) -> int:
    """What is done to one account."""
    from app.cli.store import known_store
    from app.team import accounts
    from db.people import users

    make: Mapping[str, Change] = {
        "annotator": "make_annotator",
        "reviewer": "make_reviewer",
        "lead": "make_lead",
    }
    changes: Mapping[str, Change] = {
        "disable": "disable",
        "enable": "enable",
        "link": "new_link",
        "sign-out": "sign_out",
        "role": make.get(getattr(options, "role", ""), "make_annotator"),
    }
    with known_store(settings) as store:
        with store.reading() as tx:
            user = users.find_user(tx, options.name)
        changed = accounts.change(store, whoever_runs_this(), user.id, changes[options.action])
    shown: dict[str, Any] = {"name": changed.user.name, "role": changed.user.role, "done": options.action}
    if changed.key is not None:
        shown["link"] = _address(settings, changed.key)
    answer(shown, as_json=options.json, plain=lambda: (f"{key:<9} {value}" for key, value in shown.items()))
    return 0


def user_email(settings: "Settings", options: argparse.Namespace) -> int:
    """Whoever the provider knows by that address has this account."""
    from app.cli.store import known_store
    from db.people import audit, identities, users

    with known_store(settings) as store, store.transaction() as tx:
        user = users.find_user(tx, options.name)
        address = identities.expect(tx, user.id, options.address)
        audit.note(tx, whoever_runs_this(), "address for signing in set", user.name)
    shown = {"name": user.name, "address": address}
    answer(shown, as_json=options.json, plain=lambda: (f"{key:<9} {value}" for key, value in shown.items()))
    return 0


def show_log(settings: "Settings", options: argparse.Namespace) -> int:
    """The audit log."""
    from app.cli.store import known_store
    from app.team.told import COLUMNS, log_as_csv
    from db.people import audit

    with known_store(settings) as store:
        if options.csv:
            answer(None, as_json=False, plain=lambda: (line.rstrip("\r\n") for line in log_as_csv(store)))
            return 0
        with store.reading() as tx:
            entries = audit.read(tx, actor=options.by, most=options.most)
    told = [{name: asdict(entry)[name] for name in COLUMNS} for entry in entries]
    answer(told, as_json=options.json, plain=lambda: (_log_line(one) for one in told))
    return 0


def _log_line(told: Mapping[str, Any]) -> str:
    details = " ".join(f"{key}={value}" for key, value in told["details"].items())
    at = f"{told['at']:%Y-%m-%d %H:%M:%S} UTC"
    return f"{at}  {told['actor']} ({told['via']})  {told['action']}  {told['about']}  {details}".rstrip()


NOTED = (
    "import", "prelabel", "backup", "restore", "camera set", "skeleton set", "validation add", "validation remove",
    "unlabelable skip", "unlabelable take-back", "round launch", "round cancel", "round resume", "round retry",
    "round promote", "round delete", "round starts", "simulate ask", "simulate begin", "simulate cancel",
)  # fmt: skip
"""Commands that change a home; those about accounts write their own lines."""
ABOUT = ("number", "name", "images", "folder", "file", "use")
"""Options that say what a command is about."""


def note_command(settings: "Settings", options: argparse.Namespace) -> None:
    """A line in the audit log for a command that changed the home."""
    name = getattr(options, "command_name", "")
    only_looks = getattr(options, "dry_run", False) or (name == "round starts" and not options.use)
    if name not in NOTED or only_looks:
        return
    from app.cli.store import known_store
    from db.people import audit

    about = next((str(value) for part in ABOUT if (value := getattr(options, part, None)) is not None), "")
    with known_store(settings) as store, store.transaction() as tx:
        audit.note(tx, whoever_runs_this(), f"command {name}", about)


def whoever_runs_this() -> "Actor":
    """As the log names who types a command."""
    from db.people import audit

    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        name = "somebody"
    return audit.Actor(name, audit.BY_COMMAND)


def _address(settings: "Settings", key: str) -> str:
    from app.team.first_lead import address_of

    return f"{address_of(settings)}/login/link#{key}"
