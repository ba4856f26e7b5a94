"""Which lead a command acts for."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from db.records import UserRecord
    from db.store.session import Store


def lead_of(store: "Store", name: str | None, home: Path, *, does: str = "launches rounds") -> "UserRecord":
    """The lead of that name; without a name, the only one there is. does: what it takes a lead for."""
    from app.cli.store import CommandError
    from app.home.home_command import home_command
    from db.people import users

    with store.reading() as tx:
        leads = [user for user in users.list_users(tx) if user.role == "lead"]
    chosen = [user for user in leads if name is None or user.name.casefold() == name.casefold()]
    if len(chosen) == 1:
        return chosen[0]
    there_are, add = ", ".join(user.name for user in leads) or "none", ("user", "add", "NAME", "--role", "lead")
    if not leads:
        raise CommandError(f"there is no lead; a lead {does}. Add one: {home_command(home, *add)}")
    if name is not None:
        raise CommandError(
            f"no lead is named '{name[:80]}' (there are: {there_are}); a lead {does}. Name one with --as, or "
            f"add one: {home_command(home, *add)}"
        )
    raise CommandError(f"there are several leads ({there_are}); one of them {does}. Name one with --as.")
