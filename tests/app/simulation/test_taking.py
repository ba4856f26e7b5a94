"""A worker takes a simulation, and one that had it before is not heard any more."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.simulation.folder import Job, SimulationLost, files_of, folder_of, read, write
from app.simulation.standing import CANCEL_FILE
from app.simulation.taking import take
from db.clock import utc_now
from db.rounds.workers import Worker

JOB = Job(1, "run", "queued", "lea", "2026-11-30T10:00:00+00:00", "small", "ab" * 32)
ONE = Worker("one", "a", 1, "1", utc_now(), machine="m", token="t1")
ONE_ANEW = replace(ONE, process=2, token="t2")
TWO = Worker("two", "b", 1, "1", utc_now(), machine="n", token="t3")


def taken_by(home: Path, worker: Worker) -> Job:
    found = take(home, 1, worker)
    assert found is not None
    return found


def with_rows(home: Path, job: Job) -> Path:
    run = files_of(home, job) / "run"
    (run / "rounds").mkdir(parents=True)
    (run.parent / "labels.json").write_text("{}")
    for name in ("rows.jsonl", "model.npz", "simulation.json", "rounds/of-it"):
        (run / name).write_text("one")
    return run


def test_a_worker_started_anew_goes_on_in_the_same_files_and_the_one_before_is_not_heard(tmp_path: Path) -> None:
    write(tmp_path, JOB)
    first = taken_by(tmp_path, ONE)
    assert (first.state, first.attempt, first.holder) == ("running", 1, "t1")
    second = taken_by(tmp_path, ONE_ANEW)
    assert (files_of(tmp_path, second), second.holder) == (folder_of(tmp_path, 1), "t2")
    with pytest.raises(SimulationLost):
        write(tmp_path, replace(first, state="done"))
    assert read(tmp_path, 1) == second


def test_a_worker_elsewhere_goes_on_in_files_of_its_own_with_the_rows_that_are_there(tmp_path: Path) -> None:
    write(tmp_path, JOB)
    left = with_rows(tmp_path, taken_by(tmp_path, ONE))
    second = taken_by(tmp_path, TWO)
    run = files_of(tmp_path, second) / "run"
    assert run == folder_of(tmp_path, 1) / "attempt-2" / "run"
    (left / "rows.jsonl").write_text("one wakes up")
    assert {path.name: path.read_text() for path in run.iterdir()} == {
        "rows.jsonl": "one", "model.npz": "one", "simulation.json": "one",
    }  # fmt: skip
    assert (run.parent / "labels.json").read_text() == "{}"
    third = taken_by(tmp_path, ONE_ANEW)
    assert third.attempt == 3, "nobody goes back into files that another may write"
    assert not [path for path in folder_of(tmp_path, 1).iterdir() if path.name.startswith(".")]


def test_one_that_is_over_is_not_taken_and_one_to_be_ended_is_not_copied(tmp_path: Path) -> None:
    write(tmp_path, JOB)
    with_rows(tmp_path, taken_by(tmp_path, ONE))
    (folder_of(tmp_path, 1) / CANCEL_FILE).touch()
    second = taken_by(tmp_path, TWO)
    assert second.attempt == 1
    write(tmp_path, replace(second, state="cancelled"))
    assert take(tmp_path, 1, ONE) is None
