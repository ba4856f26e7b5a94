"""The workers of a home."""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.cli.console import answer
from app.cli.options import Subparsers, add_json, command

if TYPE_CHECKING:
    from app.home.settings import Settings


def add_workers(several: "Subparsers[argparse.ArgumentParser]") -> None:
    """The command `workers`."""
    one = command(several, "workers", example="workers", help="every worker: what it does, and when it was heard of")
    add_json(one, run=show_workers, name="workers")


def show_workers(settings: "Settings", options: argparse.Namespace) -> int:
    """One line each."""
    from app.cli.store import known_store
    from app.processes.worker_state import worker_state
    from app.processes.workers_told import workers_told

    with known_store(settings) as store:
        found, stand = workers_told(store), worker_state(store, settings)

    def plain() -> Iterator[str]:
        for one in found.workers:
            place = f"{one.host}, process {one.process}" + (f", {one.device}" if one.device else "")
            yield f"{one.name:<16} {one.state:<7} {one.doing} (heard of {one.heard}; {place})"
        yield found.words if stand.stand == "running" else f"{stand.text} {stand.command or ''}".rstrip()

    answer(found.model_dump(), as_json=options.json, plain=plain)
    return 0
