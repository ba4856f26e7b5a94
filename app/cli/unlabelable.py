"""The people who are too small or too dark to label."""

import argparse
from typing import TYPE_CHECKING

from app.cli.console import answer
from app.cli.options import Subparsers, add_json, command, group

if TYPE_CHECKING:
    from app.home.settings import Settings

DOES = "skips people at once"


def add_unlabelable(several: "Subparsers[argparse.ArgumentParser]") -> None:
    """The commands `unlabelable ...`."""
    actions = group(several, "unlabelable", help="people too small or too dark to label, skipped at once")
    add_json(
        command(actions, "list", example="unlabelable list", help="how many wait behind all others, and why"),
        run=unlabelable_list,
        name="unlabelable list",
    )
    skip = command(actions, "skip", example="unlabelable skip", help="skip them all; nobody at work is touched")
    back = command(actions, "take-back", example="unlabelable take-back", help="open all of them again")
    for one in (skip, back):
        one.add_argument("--as", dest="lead", metavar="NAME", help="the lead who does it, if there are several")
    add_json(skip, run=unlabelable_skip, name="unlabelable skip")
    add_json(back, run=unlabelable_take_back, name="unlabelable take-back")


def unlabelable_list(settings: "Settings", options: argparse.Namespace) -> int:
    """How many there are."""
    from app.cli.store import known_store
    from app.home.image_files import ImageFiles
    from app.pool.unlabelable import look, told

    with known_store(settings) as store:
        found = told(look(store, ImageFiles(settings.home)))
    shown = found.model_dump(include={"people", "small", "dark", "images", "held", "skipped"})
    answer(shown, as_json=options.json, plain=lambda: iter([found.words]))
    return 0


def unlabelable_skip(settings: "Settings", options: argparse.Namespace) -> int:
    """All of them at once."""
    from app.cli.leads import lead_of
    from app.cli.store import known_store
    from app.home.image_files import ImageFiles
    from app.pool.unlabelable import say_skipped, skip_behind

    with known_store(settings) as store:
        changed = skip_behind(store, ImageFiles(settings.home), lead_of(store, options.lead, settings.home, does=DOES))
    answer(vars(changed), as_json=options.json, plain=lambda: iter([say_skipped(changed)]))
    return 0


def unlabelable_take_back(settings: "Settings", options: argparse.Namespace) -> int:
    """All of them at once."""
    from app.cli.leads import lead_of
    from app.cli.store import known_store
    from app.pool.unlabelable import say_taken_back, take_back

    with known_store(settings) as store:
        changed = take_back(store, lead_of(store, options.lead, settings.home, does=DOES))
    answer(vars(changed), as_json=options.json, plain=lambda: iter([say_taken_back(changed)]))
    return 0
