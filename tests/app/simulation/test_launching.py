"""A simulation is asked for where it can be, one at a time, begun once, and ended."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.home.settings import Settings
from app.processes.job_engine import Engine
from app.rounds.errors import LearningError
from app.simulation import launching
from app.simulation.folder import newest, write
from app.simulation.launching import ask, begin, cancel, what_is_missing
from db.records import UserRecord
from db.store.session import Store
from tests.app.simulation.simulated_home import give_model, label
from tests.onnx_files import movenet


def test_what_is_missing_is_said_in_turn(
    sqlite_store: Store,
    settings: Settings,
    engine: Engine,
    lea: UserRecord,
    make_label: Callable[..., Any],
    tmp_path: Path,
) -> None:
    label(sqlite_store, settings.home, make_label, 99)
    assert what_is_missing(sqlite_store, settings.home) == (
        "99 people are labelled; wanted 100, to learn from some and to measure on others. Label on."
    )
    label(sqlite_store, settings.home, make_label, 1, camera="yard")
    missing = str(what_is_missing(sqlite_store, settings.home))
    assert missing.startswith("this home has no pose model that can be trained; the rounds of a simulation want one")
    give_model(settings.home, tmp_path, movenet(32))
    assert "small has no plain convolutions" in str(what_is_missing(sqlite_store, settings.home)), (
        "no layers that learn"
    )
    with pytest.raises(LearningError, match="no pose model that can be trained"):
        ask(sqlite_store, engine, lea)
    assert newest(settings.home) is None
    give_model(settings.home, tmp_path)
    assert what_is_missing(sqlite_store, settings.home) is None


def test_one_at_a_time_is_asked_for_and_begun_once(
    ready: Store, settings: Settings, engine: Engine, lea: UserRecord
) -> None:
    job = ask(ready, engine, lea)
    assert (job.number, job.phase, job.state, job.launched_by, job.model) == (1, "cost", "queued", "lea", "small")
    assert engine.simulation_state(1, "cost") == "active"
    with pytest.raises(LearningError, match="simulation 1 is queued; wanted one at a time"):
        ask(ready, engine, lea)
    with pytest.raises(LearningError, match="no simulation waits to be begun"):
        begin(ready, engine)
    write(settings.home, replace(job, state="measured", cost_s=60.0))
    assert begin(ready, engine).phase == "run"
    assert engine.simulation_state(1, "run") == "active"
    with pytest.raises(LearningError, match="no simulation waits"):
        begin(ready, engine)


def test_the_slower_of_two_who_begin_it_at_once_gets_what_the_faster_began(
    ready: Store, settings: Settings, engine: Engine, lea: UserRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = write(settings.home, replace(ask(ready, engine, lea), state="measured", cost_s=60.0))
    begun = begin(ready, engine)
    monkeypatch.setattr(launching, "newest", lambda _: waits)  # as read before
    assert begin(ready, engine) == begun
    assert (begun.phase, begun.state, engine.simulation_state(1, "run")) == ("run", "queued", "active")


def test_one_that_the_worker_does_not_have_ends_at_once(
    ready: Store, settings: Settings, engine: Engine, lea: UserRecord
) -> None:
    with pytest.raises(LearningError, match="no simulation is queued or running"):
        cancel(settings.home)
    ask(ready, engine, lea)
    assert cancel(settings.home).state == "cancelled"
    second = ask(ready, engine, lea, phase="run")
    assert (second.number, second.phase) == (2, "run")
    write(settings.home, replace(second, state="running"))
    assert cancel(settings.home).state == "running", "the worker says that it ended"
