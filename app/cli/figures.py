"""What each annotator did, by week."""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.cli.console import answer
from app.cli.options import Subparsers, add_json, command, group

if TYPE_CHECKING:
    from app.contract.figures import FigurePayload, FiguresPayload
    from app.home.settings import Settings


def add_team(several: "Subparsers[argparse.ArgumentParser]") -> None:
    """The commands `team ...`."""
    actions = group(several, "team", help="what each annotator did, and how it turned out")
    shown = command(
        actions,
        "figures",
        example="team figures --weeks 4",
        help="persons, seconds, actions, reviews and agreement, by annotator and week",
    )
    shown.add_argument("--weeks", type=_weeks, default=12, metavar="N", help="the last N weeks, up to 52 (default: 12)")
    shown.add_argument("--csv", action="store_true", help="each annotator's week as CSV")
    add_json(shown, run=team_figures, name="team figures")


def team_figures(settings: "Settings", options: argparse.Namespace) -> int:
    """Of the last weeks."""
    from app.cli.store import known_store
    from app.team.figures import figures_as_csv, figures_told

    with known_store(settings) as store, store.reading() as tx:
        told = figures_told(tx, weeks=options.weeks)
    if options.csv:
        lines = (line.rstrip("\r\n") for line in figures_as_csv(told.annotators))
        answer(None, as_json=False, plain=lambda: lines)
        return 0
    answer(told.model_dump(), as_json=options.json, plain=lambda: _lines(told))
    return 0


def _lines(told: "FiguresPayload") -> Iterator[str]:
    yield told.words
    for one in told.annotators:
        yield f"{one.name:<24} {_said(one.all_weeks)}"
        for week in one.by_week:
            yield f"  {week.week:<22} {_said(week)}"


def _said(one: "FigurePayload") -> str:
    said = [f"{one.persons:>5} persons"]
    if one.median is not None:
        said.append(f"{one.median:.1f} s a person, {one.seconds / 3600:.1f} h")
    if one.actions is not None:
        said.append(f"{one.actions:.1f} actions per person, {one.untouched} of {one.starts} untouched")
    if one.reviewed or one.back:
        said.append(f"{one.good} of {one.reviewed} found good, {one.back} back")
    if one.oks is not None:
        said.append(f"OKS {one.oks:.3f} of {one.twice} labelled twice")
    return ", ".join(said)


def _weeks(text: str) -> int:
    """So many weeks as the page may ask for. Raises ArgumentTypeError."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if not 1 <= number <= 52:
        raise argparse.ArgumentTypeError(f"'{text[:40]}' are no weeks to show; give a number from 1 to 52, as in 12")
    return number
