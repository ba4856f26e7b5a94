"""Images and persons deleted for good."""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from app.cli.console import answer
from app.cli.options import Subparsers, add_json, command, group, positive

if TYPE_CHECKING:
    from app.deletion.deleting import Goes
    from app.home.settings import Settings
    from db.records import DeletedKind
    from db.store.session import Store


def add_deletion(several: "Subparsers[argparse.ArgumentParser]") -> None:
    """The commands `delete ...`."""
    actions = group(several, "delete", help="images and persons, taken away for good")
    image = command(
        actions, "image", example="delete image 12 --why 'asked for by who is in it'", help="an image and all about it"
    )
    image.add_argument("which", metavar="NAME|ID", help="its file name as the home has it, or its number")
    person = command(
        actions, "person", example="delete person 57 --why 'asked for'", help="one person; their image stays"
    )
    person.add_argument("which", type=positive, metavar="ID", help="the person's number")
    for one, name in ((image, "delete image"), (person, "delete person")):
        one.add_argument("--why", metavar="WORDS", help="why, in words that stay: without names")
        one.add_argument("--yes", action="store_true", help="do it; without, only what goes is told")
        add_json(one, run=delete_one, name=name)
    add_json(
        command(actions, "list", example="delete list", help="what was deleted, when, by whom and why"),
        run=list_deleted,
        name="delete list",
    )
    allow = command(actions, "allow", example="delete allow 3", help="let the same file come in again")
    allow.add_argument("number", type=positive, metavar="N", help="its number in 'delete list'")
    add_json(allow, run=allow_again, name="delete allow")


def delete_one(settings: "Settings", options: argparse.Namespace) -> int:
    """What would go; with --yes it does."""
    from app.cli.accounts import whoever_runs_this
    from app.cli.store import CommandError, known_store
    from app.deletion.deleting import delete, look

    kind: DeletedKind = "image" if options.command_name == "delete image" else "person"
    with known_store(settings) as store:
        goes = look(store, settings, kind, _number_of(store, kind, options.which))
        if options.yes:
            if not options.why:
                raise CommandError(
                    "nothing says why; wanted --why WORDS, which stay with the digest. Nothing was deleted."
                )
            done = delete(store, settings, goes, actor=whoever_runs_this(), why=options.why)
            trouble = list(done.trouble)
    shown: dict[str, Any] = {
        "deleted": bool(options.yes), "kind": kind, "images": list(goes.target.images), "rows": goes.rows,
        "persons": list(goes.target.persons), "sha256": goes.target.sha256, "blocked": goes.blocked,
        "rounds": dict(goes.rounds), "simulations": list(goes.simulations), "exports": goes.exports_in_all,
        "trouble": trouble if options.yes else [],
    }  # fmt: skip
    answer(shown, as_json=options.json, plain=lambda: _lines(goes, done=options.yes, trouble=shown["trouble"]))
    return 1 if options.yes and trouble else 0


def _lines(goes: "Goes", *, done: bool, trouble: list[str]) -> Iterator[str]:
    from app.deletion.saying import title, what_goes, what_holds_it, what_stays

    yield f"{'Deleted' if done else 'To be deleted'}: {title(goes)}."
    yield from what_goes(goes)
    yield from what_holds_it(goes)
    yield from what_stays()
    yield from (f"note: {one} It goes when the server or a worker starts." for one in trouble)
    if not done:
        yield goes.blocked or "Nothing was deleted yet. To do it, give the same command with --why WORDS and --yes."


def _number_of(store: "Store", kind: "DeletedKind", which: str | int) -> int:
    from db.labelling.deleting import image_named

    if isinstance(which, int) or which.isdecimal():
        return int(which)
    assert kind == "image"
    with store.reading() as tx:
        return image_named(tx, which)


def list_deleted(settings: "Settings", options: argparse.Namespace) -> int:
    """The tombstones, newest first."""
    from app.cli.store import known_store
    from db.pool.tombstones import tombstones

    with known_store(settings) as store, store.reading() as tx:
        found = tombstones(tx)

    def lines() -> Iterator[str]:
        for one in found:
            allowed = f"; allowed again by {one.allowed_by}" if one.allowed_at else ""
            yield f"{one.id:>5}  {one.at:%Y-%m-%d %H:%M}  {one.kind:<6}  {one.by}: {one.why}{allowed}"
        if not found:
            yield "Nothing was deleted for good."

    answer([vars(one) for one in found], as_json=options.json, plain=lines)
    return 0


def allow_again(settings: "Settings", options: argparse.Namespace) -> int:
    """It may be imported again."""
    from app.cli.accounts import whoever_runs_this
    from app.cli.store import known_store
    from app.deletion.deleting import allow

    with known_store(settings) as store:
        allowed = allow(store, options.number, actor=whoever_runs_this())
    answer(vars(allowed), as_json=options.json, plain=lambda: iter(["It may be imported again."]))
    return 0
