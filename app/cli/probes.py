"""How many people come with a keypoint put wrong, or without their start, and how closely annotators look."""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.cli.accounts import whoever_runs_this
from app.cli.console import answer
from app.cli.options import Subparsers, add_json, command, group, share

if TYPE_CHECKING:
    from app.contract.probes import ProbesPayload
    from app.home.settings import Settings


def add_probes(several: "Subparsers[argparse.ArgumentParser]") -> None:
    """The commands `probes ...`."""
    actions = group(several, "probes", help="keypoints put wrong on purpose, to see whether annotators look")
    shown = command(
        actions, "show", example="probes show", help="how many there are, and how closely each annotator looks"
    )
    shown.add_argument("--csv", action="store_true", help="the annotators as CSV")
    add_json(shown, run=probes_show, name="probes show")
    change = command(
        actions, "set", example="probes set --wrong .02 --empty .05", help="how many people get one; 0: none"
    )
    change.add_argument("--wrong", type=share, help="share of people with one keypoint put wrong (.02)")
    change.add_argument("--empty", type=share, help="share of people who come without their start (.05)")
    add_json(change, run=probes_set, name="probes set")


def probes_show(settings: "Settings", options: argparse.Namespace) -> int:
    """What is known of how closely annotators look."""
    from app.cli.store import known_store
    from app.team.probes import looked_as_csv, probes_told

    with known_store(settings) as store, store.reading() as tx:
        told = probes_told(tx)
    if options.csv:
        lines = (line.rstrip("\r\n") for line in looked_as_csv(told.annotators))
        answer(None, as_json=False, plain=lambda: lines)
        return 0
    answer(told.model_dump(), as_json=options.json, plain=lambda: _lines(told))
    return 0


def probes_set(settings: "Settings", options: argparse.Namespace) -> int:
    """Other shares; what is left out stays."""
    from app.cli.store import CommandError, known_store
    from app.team.probes import probes_told, set_probes
    from db.labelling import probes
    from db.labelling.probes import Shares

    if options.wrong is None and options.empty is None:
        raise CommandError("no share is given; wanted one at least. Give --wrong, --empty or both.")
    with known_store(settings) as store:
        with store.reading() as tx:
            now = probes.shares(tx)
        wrong = now.wrong if options.wrong is None else options.wrong
        empty = now.empty if options.empty is None else options.empty
        set_probes(store, whoever_runs_this(), Shares(wrong, empty))
        with store.reading() as tx:
            told = probes_told(tx)
    answer(told.model_dump(include={"wrong", "empty", "words"}), as_json=options.json, plain=lambda: iter([told.words]))
    return 0


def _lines(told: "ProbesPayload") -> Iterator[str]:
    yield told.words
    if not told.annotators:
        yield "Nobody has labelled from a network's start yet."
    for one in told.annotators:
        share = "" if one.low is None or one.high is None else f" ({one.low:.0%} to {one.high:.0%})"
        yield (
            f"{one.name:<20} caught {one.caught} of {one.seen}{share}, accepted {one.untouched} of {one.started} "
            f"starts untouched, labelled {one.empty} without a start"
        )
    for left in told.missed:
        yield f"missed: {left.keypoint} of person {left.person_id} in image {left.image_id}, by {left.annotator}"
