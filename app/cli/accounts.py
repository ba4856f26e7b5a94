"""Accounts."""

import argparse
import secrets
import sys
from typing import TYPE_CHECKING

from app.cli.console import answer
from app.cli.options import Subparsers, add_json, command, group

if TYPE_CHECKING:
    from app.home.settings import Settings


def add_user(several: "Subparsers[argparse.ArgumentParser]") -> None:
    """The commands `user ...`."""
    user = group(several, "user", help="accounts")
    add = command(
        user,
        "add",
        example="user add ann --role annotator",
        help="add an account; prints a generated password unless one comes on stdin",
    )
    add.add_argument("name", metavar="NAME", help="whom they sign in as; capitals do not count")
    add.add_argument("--role", choices=["annotator", "lead"], required=True, help="a lead also launches rounds")
    add.add_argument("--password-stdin", action="store_true", help="read the password from stdin")
    add_json(add, run=user_add, name="user add")


def user_add(settings: "Settings", options: argparse.Namespace) -> int:
    """A new account."""
    from app.cli.store import CommandError, new_or_old_store
    from db.people import users

    if options.password_stdin and sys.stdin is None:
        raise CommandError("there is no stdin to read the password from. Send it: echo PASSWORD | ... user add")
    given = sys.stdin.readline().rstrip("\r\n") if options.password_stdin else None
    if given is not None and any("\ud800" <= character <= "\udfff" for character in given):
        raise CommandError("the password on stdin is no text in UTF-8; wanted letters that can be written down.")
    password = secrets.token_urlsafe(12) if given is None else given
    with new_or_old_store(settings) as store, store.transaction() as tx:
        user = users.add_user(tx, options.name, options.role, password)
        shown = {"name": user.name, "role": user.role} | ({} if given is not None else {"password": password})
        # inside: where nobody can be told the password, there is no account
        answer(shown, as_json=options.json, plain=lambda: (f"{key:<9} {value}" for key, value in shown.items()))
    return 0
