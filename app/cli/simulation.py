"""What more labels would bring, simulated on the project's own."""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.cli.console import answer
from app.cli.options import Subparsers, add_json, command, group

if TYPE_CHECKING:
    from app.contract.simulation import SimulationPayload
    from app.home.settings import Settings


def add_simulate(several: "Subparsers[argparse.ArgumentParser]") -> None:
    """The commands `simulate ...`."""
    actions = group(several, "simulate", help="what more labels would bring, simulated on those there are")
    ask = command(actions, "ask", example="simulate ask", help="say what it costs; a worker must run")
    begin = command(actions, "begin", example="simulate begin", help="run it, asked for before or not")
    for one in (ask, begin):
        one.add_argument("--as", dest="lead", metavar="NAME", help="the lead who asks, if there are several")
    show = command(actions, "show", example="simulate show", help="where it stands, the curve, and the advice")
    cancel = command(actions, "cancel", example="simulate cancel", help="end it")
    add_json(ask, run=simulate_ask, name="simulate ask")
    add_json(begin, run=simulate_begin, name="simulate begin")
    add_json(show, run=simulate_show, name="simulate show")
    add_json(cancel, run=simulate_cancel, name="simulate cancel")


def simulate_ask(settings: "Settings", options: argparse.Namespace) -> int:
    """Its cost alone."""
    return _launch(settings, options, and_run=False)


def simulate_begin(settings: "Settings", options: argparse.Namespace) -> int:
    """The one whose cost is known, else a new one."""
    return _launch(settings, options, and_run=True)


def _launch(settings: "Settings", options: argparse.Namespace, *, and_run: bool) -> int:
    from app.cli.leads import lead_of
    from app.cli.store import expecting, known_store
    from app.processes import job_engine
    from app.rounds.errors import LearningError
    from app.simulation import folder, launching
    from app.simulation.advising import simulation_told

    with expecting(LearningError), known_store(settings) as store:
        lead = lead_of(store, options.lead, settings.home, does="simulates")
        job_engine.prepare(settings)
        engine = job_engine.Engine(settings)
        try:
            before = folder.newest(settings.home)
            if and_run and before is not None and before.state == "measured":
                launching.begin(store, engine)
            else:
                launching.ask(store, engine, lead, phase="run" if and_run else "cost")
        finally:
            engine.close()
        told = simulation_told(store, settings)
    return _tell(told, options)


def simulate_show(settings: "Settings", options: argparse.Namespace) -> int:
    """Where the newest stands."""
    from app.cli.store import known_store
    from app.simulation.advising import simulation_told

    with known_store(settings) as store:
        told = simulation_told(store, settings)
    return _tell(told, options)


def simulate_cancel(settings: "Settings", options: argparse.Namespace) -> int:
    """End the newest."""
    from app.cli.store import expecting, known_store
    from app.rounds.errors import LearningError
    from app.simulation.advising import simulation_told
    from app.simulation.launching import cancel

    with expecting(LearningError), known_store(settings) as store:
        cancel(settings.home)
        told = simulation_told(store, settings)
    return _tell(told, options)


def _tell(told: "SimulationPayload", options: argparse.Namespace) -> int:
    def plain() -> Iterator[str]:
        yield told.words
        if told.advice:
            yield told.advice
        for one in told.figures:
            yield f"  {one.name:<34} {one.text}  ({one.more})"

    answer(told.model_dump(exclude={"ask", "begin", "cancel"}), as_json=options.json, plain=plain)
    return 0
