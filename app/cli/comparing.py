"""Two rounds side by side."""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.cli.console import answer
from app.cli.options import Subparsers, add_json, command, positive

if TYPE_CHECKING:
    from app.contract.comparing import ComparedRoundPayload, ComparePayload
    from app.home.settings import Settings


def add_compare(several: "Subparsers[argparse.ArgumentParser]") -> None:
    """The command `round compare`."""
    compare = command(
        several, "compare", example="round compare 3 4", help="two rounds side by side, on the same validation people"
    )
    compare.add_argument("first", type=positive, metavar="N", help="a round's number")
    compare.add_argument("second", type=positive, nargs="?", metavar="M", help="the other round's number")
    compare.add_argument(
        "--with-supervised",
        action="store_true",
        help="with its twin, which learns from the same labels alone; launched if there is none",
    )
    compare.add_argument("--as", dest="lead", metavar="NAME", help="the lead who launches it, if there are several")
    add_json(compare, run=round_compare, name="round compare")


def round_compare(settings: "Settings", options: argparse.Namespace) -> int:
    """Which is better, by how much, where, and what it took."""
    from app.cli.rounds import in_console_words
    from app.cli.store import CommandError, expecting, known_store
    from app.rounds.compare_told import compare_told
    from app.rounds.errors import LearningError
    from db.errors import NotFound

    if (options.second is None) is not options.with_supervised:
        raise CommandError("wanted two rounds, or one and --with-supervised. Give either.")
    if options.with_supervised:
        return _with_supervised(settings, options)
    with (
        expecting(LearningError),
        known_store(settings) as store,
        in_console_words(settings, NotFound),
        store.reading() as tx,
    ):
        told = compare_told(tx, settings.home, options.first, options.second)
    answer(told.model_dump(mode="json"), as_json=options.json, plain=lambda: _lines(told))
    return 0


def _with_supervised(settings: "Settings", options: argparse.Namespace) -> int:
    """The twin beside its round once it has ended; until then, that it is under way."""
    from app.cli.leads import lead_of
    from app.cli.rounds import in_console_words
    from app.cli.store import expecting, known_store
    from app.contract.rounds import round_json
    from app.processes import job_engine
    from app.rounds.compare_told import compare_told
    from app.rounds.errors import LearningError
    from app.rounds.twins import launch_twin
    from db.errors import StoreError
    from db.rounds import rounds

    number: int = options.first
    with expecting(LearningError), known_store(settings) as store, in_console_words(settings, StoreError):
        with store.reading() as tx:
            twin, told = rounds.twin(tx, number), None
            if twin is not None and not twin.is_active:
                told = compare_told(tx, settings.home, number, twin.number)
        if told is None and twin is None:
            job_engine.prepare(settings)
            engine = job_engine.Engine(settings)
            try:
                twin = launch_twin(store, engine, number, user=lead_of(store, options.lead, settings.home))
            finally:
                engine.close()
    if told is not None:
        answer(told.model_dump(mode="json"), as_json=options.json, plain=lambda: _lines(told))
        return 0
    assert twin is not None
    said = [
        f"Round {twin.number} is {twin.state}: the twin of round {number}, with its labels and settings, supervised.",
        "It is not published by itself. Once it has ended, the same command compares the two.",
    ]
    answer(round_json(twin), as_json=options.json, plain=lambda: iter(said))
    return 0


def _lines(told: "ComparePayload") -> Iterator[str]:
    both = (told.first, told.second)
    yield told.verdict
    if told.twin:
        yield told.twin
    for one in both:
        learned = "" if one.labels is None else f", {one.labels} labels"
        yield f"  round {one.number} ({one.method}{learned}): {_figures(one)}"
    if told.keypoints:
        width = max(len(one.name) for one in told.keypoints)
        names = [f"round {one.number}" for one in both]
        yield f"Mean OKS by keypoint, the largest difference first. {told.keypoints_note}".rstrip()
        yield f"  {'':<{width}}  {names[0]:>9}  {names[1]:>9}  difference"
        for key in told.keypoints:
            within = "" if key.low is None or key.high is None else f"  [{key.low:+.3f}, {key.high:+.3f}]"
            yield f"  {key.name:<{width}}  {key.first:>9.3f}  {key.second:>9.3f}  {key.difference:+.3f}{within}"
    yield "How well the ranking does:"
    for one in both:
        yield f"  round {one.number}: {one.order_people}"
        for figure in one.order:
            value = "not measured" if figure.value is None else f"{figure.value:.2f}"
            within = "" if figure.low is None or figure.high is None else f" [{figure.low:.2f}, {figure.high:.2f}]"
            yield f"    {figure.name}: {value}{within} (a random order: {figure.chance:.2f})"
    yield from told.labels


def _figures(one: "ComparedRoundPayload") -> str:
    if one.mean_oks is None:
        return one.at_end
    within = "" if one.low is None or one.high is None else f" [{one.low:.3f}, {one.high:.3f}]"
    ap = "" if one.ap is None else f", AP {one.ap:.3f}"
    return f"mean OKS {one.mean_oks:.3f}{within}{ap}"
