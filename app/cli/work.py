"""Work: cameras, and parts of their images, given to people."""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.cli.console import answer
from app.cli.options import Subparsers, add_json, command, group, positive

if TYPE_CHECKING:
    from app.contract.work import PiecePayload, WorkPayload
    from app.home.settings import Settings


def add_work(several: "Subparsers[argparse.ArgumentParser]") -> None:
    """The commands `work ...`."""
    actions = group(several, "work", help="images given to people")
    listed = command(actions, "list", example="work list", help="who was given what, and how many images are left")
    add_json(listed, run=work_list, name="work list")
    give = command(
        actions,
        "give",
        example="work give ann bob --camera hall",
        help="give people a camera's images, or a part of them",
    )
    give.add_argument("people", nargs="+", metavar="NAME", help="who gets them; who has work gets nothing else")
    give.add_argument(
        "--camera", action="append", default=[], metavar="NAME", help="which camera; may be said again (all)"
    )
    give.add_argument("--part", default="", metavar="TEXT", help="only images with this in their file name")
    add_json(give, run=work_give, name="work give")
    take = command(actions, "take", example="work take 3 --from ann", help="take a piece of work back, or all of it")
    take.add_argument("work", type=_piece, metavar="WORK", help="by number, as `work list` has it; or all")
    take.add_argument("--from", dest="person", metavar="NAME", help="from this person alone (everybody)")
    add_json(take, run=work_take, name="work take")


def _piece(text: str) -> int | None:
    """A piece's number; None for all."""
    return None if text == "all" else positive(text)


def work_list(settings: "Settings", options: argparse.Namespace) -> int:
    """Every piece, and what each person has left."""
    from app.cli.store import known_store
    from app.team.work import work_told

    with known_store(settings) as store, store.reading() as tx:
        told = work_told(tx)
    answer(told.model_dump(exclude={"said"}), as_json=options.json, plain=lambda: _lines(told))
    return 0


def work_give(settings: "Settings", options: argparse.Namespace) -> int:
    """People get images."""
    from app.cameras.shown import named
    from app.cli.accounts import whoever_runs_this
    from app.cli.store import known_store
    from app.team import work
    from db.people import users

    with known_store(settings) as store:
        with store.reading() as tx:
            people = [users.find_user(tx, name).id for name in options.people]
        cameras = [named(store, name).camera.id for name in options.camera]
        said = work.give(store, whoever_runs_this(), people, cameras, options.part)
        with store.reading() as tx:
            told = work.work_told(tx, said)
    answer(told.model_dump(), as_json=options.json, plain=lambda: iter([said]))
    return 0


def work_take(settings: "Settings", options: argparse.Namespace) -> int:
    """A piece is taken back, or all that somebody has."""
    from app.cli.accounts import whoever_runs_this
    from app.cli.store import CommandError, known_store
    from app.team import work
    from db.people import users

    with known_store(settings) as store:
        with store.reading() as tx:
            person = None if options.person is None else users.find_user(tx, options.person).id
        if options.work is not None:
            said = work.take(store, whoever_runs_this(), options.work, person)
        elif person is not None:
            said = work.take_all(store, whoever_runs_this(), person)
        else:
            raise CommandError("all work is taken from one person; wanted whom from. Give --from NAME.")
        with store.reading() as tx:
            told = work.work_told(tx, said)
    answer(told.model_dump(), as_json=options.json, plain=lambda: iter([said]))
    return 0


def _lines(told: "WorkPayload") -> Iterator[str]:
    if not told.pieces:
        yield "Nothing is given to anybody: everybody gets every image. Give some: work give NAME --camera CAMERA"
    yield from map(_line, told.pieces)
    for person in told.people:
        whose = "of own work" if person.is_given else "of what was given to nobody"
        yield f"{person.name:<20} {person.open:>7} open {whose}"


def _line(piece: "PiecePayload") -> str:
    from app.team.work import called

    people = ", ".join(f"{one.name} (disabled)" if one.is_disabled else one.name for one in piece.people)
    return f"{piece.id:>4}  {called(piece):<40} {piece.open:>7} of {piece.images} open  {people}"
