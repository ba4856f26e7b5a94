"""Rounds: launched, listed, shown."""

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.comparing import add_compare
from app.cli.console import answer, say
from app.cli.options import Subparsers, add_json, command, group, positive

if TYPE_CHECKING:
    from app.home.settings import Settings
    from app.rounds.usual_settings import UsualSettings
    from db.records import UserRecord
    from db.store.session import Store
    from sspcm.config import RoundConfig


def add_round(several: "Subparsers[argparse.ArgumentParser]") -> None:
    """The commands `round ...`."""
    rounds = group(several, "round", help="rounds")
    launch = command(rounds, "launch", example="round launch --preset demo", help="start a round; a worker must run")
    launch.add_argument("--config", type=Path, metavar="FILE", help="TOML over the other settings")
    launch.add_argument(
        "--method", help="supervised, dualpose, sspcm or multiaugs (default: the last round's, or sspcm)"
    )
    launch.add_argument(
        "--preset",
        choices=["demo", "imported", "standard"],
        help="start afresh from it (default: the last round's settings)",
    )
    launch.add_argument("--as", dest="lead", metavar="NAME", help="the lead who launches it, if there are several")
    launch.add_argument(
        "--dry-run", action="store_true", help="say what it would cost on this machine, and launch nothing"
    )
    add_json(launch, run=round_launch, name="round launch")
    add_json(
        command(rounds, "list", example="round list", help="every round, newest first"),
        run=round_list,
        name="round list",
    )
    show = command(rounds, "show", example="round show 1", help="one round, and what happened to it")
    show.add_argument("number", type=positive, metavar="N", help="the round's number")
    add_json(show, run=round_show, name="round show")
    for name, help_text, run in (
        ("cancel", "stop it after the step under way; what it finished is kept", round_cancel),
        ("resume", "go on with one that was cancelled or failed: same labels, from where it ended", round_go_on),
        ("retry", "the same: the stage that failed is begun again", round_go_on),
        ("promote", "let annotators begin from its student and get its ranking; labels stay", round_promote),
        ("delete", "take away one that failed, was cancelled or kept; labels stay", round_delete),
    ):
        change = command(rounds, name, example=f"round {name} 1", help=help_text)
        change.add_argument("number", type=positive, metavar="N", help="the round's number")
        change.add_argument("--as", dest="lead", metavar="NAME", help="the lead who does it, if there are several")
        add_json(change, run=run, name=f"round {name}")
    add_compare(rounds)
    starts = command(rounds, "starts", example="round starts", help="which network annotators begin from, and why")
    starts.add_argument(
        "--use",
        choices=["measured", "imported", "student"],
        help="another one: what the labels say, the imported model, or the student whatever they say",
    )
    starts.add_argument(
        "--round", type=positive, metavar="N", help="whose student; one that was kept is published (the published one)"
    )
    starts.add_argument("--as", dest="lead", metavar="NAME", help="the lead who chooses, if there are several")
    add_json(starts, run=round_starts, name="round starts")


def round_launch(settings: "Settings", options: argparse.Namespace) -> int:
    """A round into the worker's hands."""
    if options.dry_run:
        return _launch_cost(settings, options)
    from app.cli.leads import lead_of
    from app.cli.store import expecting, known_store
    from app.contract.rounds import round_json
    from app.home import skeletons
    from app.processes import job_engine
    from app.processes.worker_state import worker_json, worker_state
    from app.rounds.errors import LearningError
    from app.rounds.launching import launch_round
    from app.rounds.starting_weights import given_on_the_command_line
    from app.rounds.validation_told import before_launch

    with expecting(LearningError), known_store(settings) as store:
        config, usual = _round_config(store, settings.home, options)
        config = given_on_the_command_line(config, settings.home)
        lead = lead_of(store, options.lead, settings.home)
        job_engine.prepare(settings)
        port = job_engine.Engine(settings)
        try:
            record = launch_round(store, port, config=config, user=lead)
        finally:
            port.close()
        state = worker_state(store, settings)
        hint = skeletons.hint_of(store, settings.home)
        with store.reading() as tx:
            missing = before_launch(tx)
    if hint:
        say(f"note: {hint}")

    def plain() -> Iterator[str]:
        running = state.stand == "running"
        yield f"Begun from {usual.told}."
        if missing:
            yield missing
        if usual.passed_over:
            yield usual.passed_over
        if usual.pseudo_labels:
            yield usual.pseudo_labels
        yield f"Round {record.number} is queued; {'the worker starts it.' if running else 'it waits for a worker.'}"
        if not running:
            yield f"{state.text} {state.command or ''}".rstrip()

    told = {
        "worker": worker_json(state),
        "from": usual.told,
        "passed_over": usual.passed_over,
        "pseudo_labels": usual.pseudo_labels,
    }
    answer(round_json(record) | told | {"before_launch": missing}, as_json=options.json, plain=plain)
    return 0


def _launch_cost(settings: "Settings", options: argparse.Namespace) -> int:
    """What the same launch would cost."""
    from app.cli.store import expecting, known_store
    from app.rounds.cost import cost_of_launch
    from app.rounds.errors import LearningError
    from app.rounds.starting_weights import given_on_the_command_line

    with expecting(LearningError), known_store(settings) as store:
        config, usual = _round_config(store, settings.home, options)
        cost = cost_of_launch(store, settings, given_on_the_command_line(config, settings.home))

    def plain() -> Iterator[str]:
        yield f"It would begin from {usual.told}."
        yield cost.words

    answer(cost.model_dump() | {"from": usual.told}, as_json=options.json, plain=plain)
    return 0


def _round_config(store: "Store", home: Path, options: argparse.Namespace) -> "tuple[RoundConfig, UsualSettings]":
    """The usual settings or the preset's, the method and the file's settings over them; and what was begun from."""
    from app.rounds.usual_settings import begin_from
    from sspcm.config import ConfigError, merge
    from sspcm.plain import read_toml

    usual = begin_from(store, home, options.preset)
    config = usual.config if options.method is None else merge(usual.config, {"method": options.method})
    if options.config is None:
        return config, usual
    try:
        return merge(config, read_toml(options.config.read_text(encoding="utf-8-sig"))), usual
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{options.config} is no text in UTF-8; wanted a round's settings. Save it as UTF-8."
        ) from error
    except ConfigError as error:
        raise ConfigError(f"{options.config} cannot be used: {error} Give a file of a round's settings.") from error


def round_list(settings: "Settings", options: argparse.Namespace) -> int:
    """Every round."""
    from app.cli.store import known_store
    from app.contract.rounds import round_json
    from app.home.home_command import home_command
    from app.rounds.listing import HEADS, row_of
    from db.rounds import rounds

    with known_store(settings) as store, store.reading() as tx:
        records = rounds.latest(tx, 1000)
        labels = rounds.count_labelled(tx, [record.id for record in records])

    def plain() -> Iterator[str]:
        if not records:
            yield f"No round yet. Launch one: {home_command(settings.home, 'round', 'launch')}"
        rows = [HEADS, *(row_of(record, labels.get(record.id)) for record in records)] if records else []
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for place, row in enumerate(rows):
            yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            if place and (because := records[place - 1].kept_because):
                yield f"      {because}"

    told = [round_json(record) | {"labels": labels.get(record.id)} for record in records]
    answer({"rounds": told}, as_json=options.json, plain=plain)
    return 0


def round_starts(settings: "Settings", options: argparse.Namespace) -> int:
    """Which network annotators begin from; another one where a lead says so."""
    from app.cli.leads import lead_of
    from app.cli.store import CommandError, expecting, known_store
    from app.rounds.errors import LearningError
    from app.rounds.starts import use
    from app.rounds.starts_told import starts_told

    if options.round is not None and options.use != "student":
        raise CommandError("--round names a student; wanted --use student with it. Give both, or neither.")
    with expecting(LearningError), known_store(settings) as store:
        if options.use is not None:
            use(store, lead_of(store, options.lead, settings.home), options.use, number=options.round)
        with store.reading() as tx:
            told = starts_told(tx)

    def plain() -> Iterator[str]:
        yield told.words
        for one in told.sources:
            yield f"  {'*' if one.in_use else ' '} {one.name:<28} {one.figures}{'  (kept)' if one.kept else ''}"
        if told.sources:
            yield f"Mean OKS and its 95 % interval on {told.people}."
        if told.again:
            yield told.again
        if told.why:
            yield f"When that was decided: {told.why}"
        if told.spared is not None:
            yield from (told.spared.words, *told.spared.notes)

    answer(told.model_dump(), as_json=options.json, plain=plain)
    return 0


def round_cancel(settings: "Settings", options: argparse.Namespace) -> int:
    """Tell a round to stop."""
    from app.rounds.stopping import cancel_round

    return _change(settings, options, lambda store, lead: cancel_round(store, settings, options.number, user=lead))


def round_go_on(settings: "Settings", options: argparse.Namespace) -> int:
    """Go on with a round that failed or was cancelled."""
    from app.processes import job_engine
    from app.rounds.stopping import go_on_with_round

    def go_on(store: "Store", lead: "UserRecord") -> None:
        job_engine.prepare(settings)
        engine = job_engine.Engine(settings)
        try:
            go_on_with_round(store, engine, options.number, user=lead)
        finally:
            engine.close()

    return _change(settings, options, go_on)


def round_promote(settings: "Settings", options: argparse.Namespace) -> int:
    """Show a round to annotators."""
    from app.rounds.starts import use

    return _change(settings, options, lambda store, lead: use(store, lead, "student", number=options.number))


def round_delete(settings: "Settings", options: argparse.Namespace) -> int:
    """Take a round away."""
    from app.cli.leads import lead_of
    from app.cli.store import expecting, known_store
    from app.rounds.errors import LearningError
    from app.rounds.stopping import delete_round
    from db.errors import StoreError

    with expecting(LearningError), known_store(settings) as store, in_console_words(settings, StoreError):
        lead_of(store, options.lead, settings.home)
        delete_round(store, settings, options.number)
    said = [f"Round {options.number} is deleted. Labels are as they were."]
    answer({"deleted": options.number}, as_json=options.json, plain=lambda: iter(said))
    return 0


def _change(settings: "Settings", options: argparse.Namespace, do: "Callable[[Store, UserRecord], object]") -> int:
    """Change a round, then tell how it stands."""
    from app.cli.leads import lead_of
    from app.cli.store import expecting, known_store
    from app.rounds.errors import LearningError
    from app.rounds.story import round_story
    from db.errors import StoreError

    with expecting(LearningError), known_store(settings) as store, in_console_words(settings, StoreError):
        do(store, lead_of(store, options.lead, settings.home))
        told = round_story(store, settings, options.number)
    assert told is not None

    def plain() -> Iterator[str]:
        yield f"Round {told.number} is {told.state}. {told.words}"

    answer(told.model_dump(mode="json"), as_json=options.json, plain=plain)
    return 0


@contextmanager
def in_console_words(settings: "Settings", *kinds: type[Exception]) -> Iterator[None]:
    """A refusal of the store, with a command where it speaks of a page."""
    from app.cli.store import RELOAD, CommandError
    from app.home.home_command import home_command

    try:
        yield
    except kinds as error:
        said, command = str(error), home_command(settings.home, "round", "list")
        raise CommandError(f"{RELOAD.sub('', said)} See those there are: {command}") from error


def round_show(settings: "Settings", options: argparse.Namespace) -> int:
    """One round, and what happened to it."""
    from app.cli.store import known_store
    from app.contract.rounds import round_json
    from app.rounds.story import round_story
    from db.errors import NotFound
    from db.rounds import rounds

    with known_store(settings) as store, in_console_words(settings, NotFound):
        with store.reading() as tx:
            shown = round_json(rounds.get(tx, options.number))
        told = round_story(store, settings, options.number)
    assert told is not None
    happened = [one.model_dump(mode="json") for one in told.events]

    def plain() -> Iterator[str]:
        yield from (f"{key:<12} {value}" for key, value in shown.items())
        for one in told.events:
            yield f"{one.at.astimezone():%Y-%m-%d %H:%M:%S}  {one.what}"

    answer(shown | {"events": happened}, as_json=options.json, plain=plain)
    return 0
