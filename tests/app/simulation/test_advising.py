"""What a lead is told, from what is missing to the advice with its figure."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from app.contract.simulation import SimulationPayload
from app.home.settings import Settings
from app.processes.job_engine import Engine
from app.simulation import folder
from app.simulation.advising import curve_of, simulation_told
from app.simulation.launching import ask, begin, cancel
from app.simulation.running import work_on
from db.clock import utc_now
from db.records import UserRecord
from db.rounds import workers
from db.rounds.workers import Worker
from db.store.session import Store
from tests.app.simulation.simulated_home import WORKER, label, stand_in


def told(store: Store, settings: Settings) -> SimulationPayload:
    return simulation_told(store, settings)


def test_what_is_missing_is_told_and_no_button_offered(
    sqlite_store: Store, settings: Settings, make_label: Callable[..., Any]
) -> None:
    label(sqlite_store, settings.home, make_label, 12)
    shown = told(sqlite_store, settings)
    assert (shown.state, shown.ask, shown.begin, shown.cancel) == ("missing", None, None, None)
    assert "Not yet: 12 people are labelled; wanted 100" in shown.words


def test_it_is_told_from_the_question_to_the_advice(
    ready: Store, settings: Settings, engine: Engine, lea: UserRecord, make_label: Callable[..., Any]
) -> None:
    assert (told(ready, settings).state, told(ready, settings).ask) == ("none", "What would it cost?")
    ask(ready, engine, lea)
    shown = told(ready, settings)
    assert (shown.state, shown.ask, shown.begin, shown.cancel) == ("queued", None, None, "Cancel")
    assert shown.words.startswith("It waits for a worker; none runs.")
    now = utc_now()
    with ready.transaction() as tx:
        workers.arrive(tx, Worker("local", "here", 1, "1", now))
    assert told(ready, settings).words.startswith("It waits for the worker")
    work_on(ready, settings, 1, "cost", command=stand_in(), worker=WORKER)
    shown = told(ready, settings)
    assert (shown.state, shown.ask, shown.begin, shown.cancel, shown.minutes) == (
        "measured", None, "Begin", "Leave it", 1.5,
    )  # fmt: skip
    assert shown.words.startswith("120 labelled people, 3 times anew: 2 rounds of 24 labels")
    assert "It takes about 2 minutes on this machine." in shown.words
    begin(ready, engine)
    work_on(ready, settings, 1, "run", command=stand_in(), worker=WORKER)
    shown = told(ready, settings)
    assert (shown.state, shown.verdict, shown.done, shown.of) == ("done", "go on", 18, 18)
    # .07 a round of 24 labels, by the order: .2917 per 100
    assert shown.advice.startswith("Go on labelling: from 24 to 48 labels, 100 labels raised the OKS")
    assert "by 0.292 [0.292, 0.292], and the student's own by 0.292 [0.292, 0.292], surely more" in shown.advice
    figures = {one.name: one.text for one in shown.figures}
    assert figures["Starts of held-out people"].startswith("0.500 [") and "→ 0.640 [" in str(figures)
    # random is at .6 after 48 labels, the order at .57 after 24 and at .64 after 48: 34.3 labels
    assert figures["Labels saved by the queue's order"] == "+14 [+14, +14]"
    assert figures["Actions a person"] == "8.0 [8.0, 8.0] → 6.0 [6.0, 6.0]"
    assert shown.curve == "/api/simulation/1/curve" and curve_of(settings.home, 1).startswith(b"<svg")
    assert shown.ask == "Simulate again: what would it cost?"
    label(ready, settings.home, make_label, 30, camera="yard")
    assert "with 120 labels; there are 150 now: simulate again." in told(ready, settings).advice


def test_a_failure_and_a_cancel_are_told_with_what_to_do(
    ready: Store, settings: Settings, engine: Engine, lea: UserRecord
) -> None:
    job = ask(ready, engine, lea)
    job = folder.write(settings.home, replace(job, state="running"))
    cancel(settings.home)
    assert (told(ready, settings).words, told(ready, settings).cancel) == ("It is being cancelled.", None)
    job = folder.write(settings.home, replace(job, state="failed", error="the command ended; wanted a curve."))
    shown = told(ready, settings)
    assert shown.words == "Simulation 1 failed: the command ended; wanted a curve."
    assert shown.ask is not None
    folder.write(settings.home, replace(job, state="cancelled"))
    assert told(ready, settings).words.startswith("Simulation 1 was cancelled.")
    with pytest.raises(FileNotFoundError, match="simulation 1 has no curve"):
        curve_of(settings.home, 1)
