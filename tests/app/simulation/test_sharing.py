"""A simulation in homes that share a bucket: one machine works, others see it and go on from it."""

import json
import shutil
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.home.bucket import Bucket, BucketAway
from app.home.settings import Settings
from app.home.shared_files import bind
from app.processes.job_engine import Engine, prepare
from app.simulation import folder, sharing
from app.simulation.advising import curve_of, simulation_told
from app.simulation.folder import files_of, newest
from app.simulation.launching import ask, begin, cancel
from app.simulation.running import work_on
from db.rounds.workers import Worker
from db.store.session import Store
from sspcm.simulation.rows import read_rows
from tests.app.simulation.simulated_home import WORKER, give_model, label, stand_in
from tests.bucket_server import BucketServer
from tests.waiting import until

ONE, TWO = replace(WORKER, name="one", machine="m", token="t1"), replace(WORKER, name="two", machine="n", token="t2")


@pytest.fixture
def homes(bucket_url: str, tmp_path: Path) -> tuple[Settings, Settings]:
    found = [Settings(tmp_path / n, "postgresql+psycopg://nobody@nowhere/none", bucket=bucket_url) for n in "ab"]
    for settings in found:
        bind(settings)
    return found[0], found[1]


@pytest.fixture
def asked(
    homes: tuple[Settings, Settings],
    sqlite_store: Store,
    sqlite_url: str,
    lea: Any,
    make_label: Callable[..., Any],
    tmp_path: Path,
) -> Store:
    """A simulation that waits, asked for on the first machine."""
    label(sqlite_store, homes[0].home, make_label, 120)
    give_model(homes[0].home, tmp_path)
    local = replace(homes[0], database_url=sqlite_url)
    prepare(local)
    engine = Engine(local)
    ask(sqlite_store, engine, lea)
    work_on(sqlite_store, homes[1], 1, "cost", command=stand_in(), worker=TWO)
    begin(sqlite_store, engine)
    engine.close()
    return sqlite_store


def run_on(store: Store, settings: Settings, worker: Worker, *, pace: float = 0.0) -> threading.Thread:
    def work() -> None:
        with suppress(folder.SimulationLost):  # to another one
            work_on(store, settings, 1, "run", command=stand_in(pace), worker=worker)

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_what_one_machine_simulates_the_other_shows(asked: Store, homes: tuple[Settings, Settings]) -> None:
    one, two = homes
    told = simulation_told(asked, one)
    assert (told.state, told.minutes) == ("queued", 1.5), "measured on the other machine"
    run_on(asked, two, TWO).join()
    told = simulation_told(asked, one)
    assert (told.state, told.done, told.of, told.error) == ("done", 18, 18, None)
    assert told.advice and told.curve == "/api/simulation/1/curve"
    assert curve_of(one.home, 1).startswith(b"<svg")
    assert not (one.home / "simulations").exists(), "nothing of it was fetched"
    labels = json.loads((two.home / "simulations" / "0001" / "labels.json").read_text())
    assert all((two.home / "images" / image["file_name"]).is_file() for image in labels["images"])


def test_a_machine_that_is_gone_is_followed_by_another_with_its_rows(
    asked: Store, homes: tuple[Settings, Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharing, "PUT_EVERY_S", 0.05)
    one, two = homes
    first = run_on(asked, two, TWO, pace=0.3)
    rows = "simulations/0001/run/rows.jsonl"
    bucket = Bucket(str(one.bucket))
    until(lambda: (bucket.read(rows) or b"").count(b"\n") >= 2)
    second = run_on(asked, one, ONE)
    second.join()
    with pytest.raises(folder.SimulationLost):  # it is not heard any more, whenever it wakes up
        folder.write(two.home, replace(folder.read(two.home, 1), told=2, state="failed"))
    job = newest(two.home)
    assert job is not None and (job.state, job.attempt, job.holder) == ("done", 2, "t1")
    assert simulation_told(asked, two).done == 18
    found = read_rows(files_of(one.home, job) / "run")
    first.join()
    assert read_rows(files_of(one.home, job) / "run") == found
    names = bucket.entries("simulations/0001/attempt-2")
    assert f"simulations/0001/attempt-2/{folder.LABELS_FILE}" in names
    assert not any("run/pids" in name or "run/rounds" in name for name in names)


def test_the_same_machine_goes_on_also_where_its_disk_is_new(
    asked: Store, homes: tuple[Settings, Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, two = homes
    shutil.rmtree(two.home / "simulations")
    shutil.rmtree(two.home / "images")
    run_on(asked, two, TWO).join()
    job = newest(two.home)
    assert job is not None and (job.state, job.attempt) == ("done", 1)
    assert len(list((two.home / "images").rglob("*.jpg"))) == 120


def test_a_cancel_on_one_machine_ends_it_on_the_other_also_after_an_outage(
    asked: Store, homes: tuple[Settings, Settings], bucket_server: BucketServer
) -> None:
    one, two = homes
    working = run_on(asked, two, TWO, pace=0.5)
    until(lambda: len(read_rows(two.home / "simulations" / "0001" / "run")) >= 1)
    bucket_server.gate.shut()
    try:
        with pytest.raises(BucketAway):
            cancel(one.home)
        assert working.is_alive(), "it goes on meanwhile"
    finally:
        bucket_server.gate.open()
    cancel(one.home)
    working.join(30)
    assert not working.is_alive()
    job = newest(one.home)
    assert job is not None and job.state == "cancelled"
