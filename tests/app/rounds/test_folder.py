"""A round's folder and the small files in it."""

from pathlib import Path

import pytest

from app.home.settings import Settings
from app.rounds.folder import last_lines, note_seconds, read_seconds, read_status, round_folder, write_json


def test_every_attempt_at_a_round_has_a_folder_of_its_own(tmp_path: Path) -> None:
    settings = Settings(tmp_path, "sqlite://")
    assert round_folder(settings, 7, 2) == tmp_path / "rounds" / "0007" / "attempt-2"


def test_a_stage_adds_its_seconds_to_those_before(tmp_path: Path) -> None:
    assert read_seconds(tmp_path) == {}
    note_seconds(tmp_path, "freeze", 1.234)
    note_seconds(tmp_path, "score", 2.0)
    assert read_seconds(tmp_path) == {"freeze": 1.23, "score": 2.0}


def test_before_the_trainers_last_word_there_is_no_status(tmp_path: Path) -> None:
    assert read_status(tmp_path) == {}
    write_json(tmp_path / "status.json", {"state": "done"})
    assert read_status(tmp_path) == {"state": "done"}


def test_what_no_browser_could_read_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        write_json(tmp_path / "report.json", {"loss": float("nan")})
    assert list(tmp_path.iterdir()) == []


def test_a_logs_last_lines_stand_on_one_line(tmp_path: Path) -> None:
    log = tmp_path / "trainer.log"
    log.write_bytes(b"one\n\n two \n\xff\nthree\n")
    assert last_lines(log) == "two | \N{REPLACEMENT CHARACTER} | three"
    log.write_text("\n")
    assert last_lines(log) == "(none)"
