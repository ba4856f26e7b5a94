"""The worker's side: the command is timed, run, gone on with, ended, and its own words are kept."""

import json
import sys
import threading
import time
from pathlib import Path

import pytest

from app.dataset.importing import import_folder
from app.demo.home import DEMO_FOLDER
from app.home.image_files import ImageFiles
from app.home.settings import Settings
from app.processes.job_engine import Engine
from app.rounds.errors import LearningError
from app.simulation import folder
from app.simulation.folder import Job
from app.simulation.launching import ask, begin, cancel
from app.simulation.running import COST_FILE, SIMULATE_COMMAND, fail, work_on
from db.records import UserRecord
from db.store.session import Store
from sspcm.simulation.rows import read_rows
from tests.app.simulation.simulated_home import WORKER, give_model, stand_in
from tests.waiting import gone, until


def job_in(settings: Settings) -> Job:
    found = folder.newest(settings.home)
    assert found is not None
    return found


def run_folder(settings: Settings) -> Path:
    return folder.folder_of(settings.home, 1) / folder.RUN_FOLDER


def test_the_cost_is_said_first_and_then_it_runs_to_its_curve(
    ready: Store, settings: Settings, engine: Engine, lea: UserRecord
) -> None:
    ask(ready, engine, lea)
    work_on(ready, settings, 1, "cost", command=stand_in(), worker=WORKER)
    measured = job_in(settings)
    assert (measured.state, measured.cost_s, measured.finished_at) == ("measured", 90.0, None)
    assert measured.plan is not None and (measured.plan.people, measured.plan.per_round) == (120, 24)
    assert not run_folder(settings).exists(), "nothing was trained for it"
    begin(ready, engine)
    work_on(ready, settings, 1, "run", command=stand_in(), worker=WORKER)
    done = job_in(settings)
    assert (done.state, done.error) == ("done", None) and done.finished_at is not None
    assert len(read_rows(run_folder(settings))) == 18
    assert (run_folder(settings) / "curve.svg").exists()
    work_on(ready, settings, 1, "run", command=("false",), worker=WORKER)
    assert job_in(settings) == done, "what has ended is not done again"


def test_it_ends_within_a_second_when_it_is_cancelled_and_leaves_no_process(
    ready: Store, settings: Settings, engine: Engine, lea: UserRecord
) -> None:
    ask(ready, engine, lea, phase="run")
    worker = threading.Thread(target=lambda: work_on(ready, settings, 1, "run", command=stand_in(0.2), worker=WORKER))
    worker.start()
    until(lambda: len(read_rows(run_folder(settings))) >= 2)
    began = time.monotonic()
    cancel(settings.home)
    worker.join(20)
    assert time.monotonic() - began < 10 and not worker.is_alive()
    assert job_in(settings).state == "cancelled"
    (pid,) = (run_folder(settings) / "pids").read_text().split()
    until(lambda: gone(int(pid)))
    assert len(read_rows(run_folder(settings))) < 18


def test_one_that_is_cancelled_while_its_cost_is_found_is_cancelled(
    ready: Store, settings: Settings, engine: Engine, lea: UserRecord
) -> None:
    ask(ready, engine, lea)
    slow = (sys.executable, "-c", "import time; time.sleep(60)")
    worker = threading.Thread(target=lambda: work_on(ready, settings, 1, "cost", command=slow, worker=WORKER))
    worker.start()
    until((folder.folder_of(settings.home, 1) / COST_FILE).exists)
    cancel(settings.home)
    worker.join(30)
    assert not worker.is_alive() and job_in(settings).state == "cancelled"


def test_the_commands_own_words_are_the_error_and_the_first_one_stays(
    ready: Store, settings: Settings, engine: Engine, lea: UserRecord
) -> None:
    ask(ready, engine, lea)
    with pytest.raises(LearningError, match=r"ended with status 1.*nobody can be simulated") as raised:
        work_on(ready, settings, 1, "cost", command=stand_in(-1), worker=WORKER)
    fail(settings.home, job_in(settings), str(raised.value))
    fail(settings.home, job_in(settings), "later")
    assert job_in(settings).state == "failed"
    assert "nobody can be simulated; wanted somebody" in str(job_in(settings).error)


@pytest.mark.slow
def test_the_command_itself_learns_from_a_homes_drawn_people(
    sqlite_store: Store, settings: Settings, engine: Engine, lea: UserRecord, tmp_path: Path
) -> None:
    for part in ("seed", "validation"):
        labels = DEMO_FOLDER / f"{part}.json"
        import_folder(sqlite_store, ImageFiles(settings.home), images_dir=DEMO_FOLDER / "images", annotations=labels)
    give_model(settings.home, tmp_path)
    ask(sqlite_store, engine, lea, phase="run")
    quick = (*SIMULATE_COMMAND, "--steps", "1", "--set", "train.labelled_batch=2", "--set", "train.held_out=0")
    work_on(sqlite_store, settings, 1, "run", command=quick, worker=WORKER)
    job = job_in(settings)
    assert (job.state, job.error) == ("done", None) and (job.cost_s or 0) > 0
    summary = json.loads((run_folder(settings) / "summary.json").read_text())
    gain = summary["acquisitions"]["queue"]["last_gain"]
    assert gain["verdict"] in ("go on", "stop", "undecided") and gain["seeds"] == [0, 1, 2]
    assert summary["acquisitions"]["queue"]["saved"]["round"] == 2
