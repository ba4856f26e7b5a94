"""Where a simulation stands is written whole and read as it was."""

from pathlib import Path

from app.simulation.folder import CANCEL_FILE, Job, Plan, folder_of, is_cancelled, newest, read, write

JOB = Job(2, "cost", "queued", "lea", "2026-11-30T10:00:00+00:00", "small", "ab" * 32)
PLAN = Plan(120, 120, 0.25, 20, 2, 21, False, 3)


def test_what_was_written_is_read_and_the_newest_is_the_last(tmp_path: Path) -> None:
    assert newest(tmp_path) is None
    write(tmp_path, JOB)
    assert newest(tmp_path) == JOB and JOB.is_active
    later = Job(**{**vars(JOB), "number": 10, "state": "done", "plan": PLAN, "cost_s": 61.5})
    write(tmp_path, later)
    assert newest(tmp_path) == later == read(folder_of(tmp_path, 10)) and not later.is_active


def test_a_wish_to_end_it_is_seen(tmp_path: Path) -> None:
    write(tmp_path, JOB)
    assert not is_cancelled(tmp_path, 2)
    (folder_of(tmp_path, 2) / CANCEL_FILE).touch()
    assert is_cancelled(tmp_path, 2)
