"""Where a simulation stands is written whole and read as it was."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from app.simulation.folder import (
    Job,
    Plan,
    SimulationLost,
    folder_of,
    is_cancelled,
    newest,
    read,
    write,
)
from app.simulation.standing import CANCEL_FILE

JOB = Job(2, "cost", "queued", "lea", "2026-11-30T10:00:00+00:00", "small", "ab" * 32)
PLAN = Plan(120, 120, 0.25, 20, 2, 21, False, 3)


def test_what_was_written_is_read_and_the_newest_is_the_last(tmp_path: Path) -> None:
    assert newest(tmp_path) is None
    written = write(tmp_path, JOB)
    assert newest(tmp_path) == written == replace(JOB, told=1) and written.is_active
    later = write(tmp_path, replace(JOB, number=10, state="done", plan=PLAN, cost_s=61.5))
    assert newest(tmp_path) == later == read(tmp_path, 10) and not later.is_active
    again = write(tmp_path, replace(later, state="failed"))
    assert newest(tmp_path) == again and again.told == 2
    with pytest.raises(FileNotFoundError, match="wanted a simulation"):
        read(tmp_path, 3)


def test_what_a_later_version_wrote_in_addition_is_left_out(tmp_path: Path) -> None:
    path = folder_of(tmp_path, 2) / "job.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(asdict(JOB) | {"plan": asdict(PLAN) | {"new": 1}, "newer": 2}))
    assert read(tmp_path, 2) == replace(JOB, plan=PLAN)


def test_of_any_number_who_say_where_it_stands_one_is_heard(tmp_path: Path) -> None:
    read_by_all = write(tmp_path, JOB)
    errors = [f"error {number}" for number in range(8)]

    def say(error: str) -> bool:
        with suppress(SimulationLost):
            write(tmp_path, replace(read_by_all, error=error))
            return True
        return False

    with ThreadPoolExecutor(8) as pool:
        heard = list(pool.map(say, errors))
    assert heard.count(True) == 1
    assert read(tmp_path, 2).error == errors[heard.index(True)]
    with pytest.raises(SimulationLost, match="gone on with elsewhere"):
        write(tmp_path, read_by_all)
    assert len(list(folder_of(tmp_path, 2).iterdir())) == 2, "nothing unfinished is left"


def test_where_one_stood_is_read_as_an_earlier_version_wrote_it(tmp_path: Path) -> None:
    told = {name: value for name, value in asdict(JOB).items() if name not in ("attempt", "place", "holder", "told")}
    path = folder_of(tmp_path, 2) / "job.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(told))
    assert newest(tmp_path) == JOB
    assert write(tmp_path, replace(JOB, state="running")) == read(tmp_path, 2)


def test_a_wish_to_end_it_is_seen(tmp_path: Path) -> None:
    write(tmp_path, JOB)
    assert not is_cancelled(tmp_path, 2)
    (folder_of(tmp_path, 2) / CANCEL_FILE).touch()
    assert is_cancelled(tmp_path, 2)
