"""What the supervisor noted about the worker is what the lead's page reads."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.processes.worker_trouble import FILE, LINES_KEPT, WorkerTrouble, forget_trouble, note_trouble, read_trouble

TROUBLE = WorkerTrouble(
    at=datetime(2030, 5, 1, 12, 0, tzinfo=UTC), status=1, ends=5, said=("worker: no", "ä ← ü"), advice="Mend it."
)


def test_what_was_noted_is_read_until_it_is_forgotten(tmp_path: Path) -> None:
    assert read_trouble(tmp_path) is None
    note_trouble(tmp_path, TROUBLE)
    assert read_trouble(tmp_path) == TROUBLE
    forget_trouble(tmp_path)
    forget_trouble(tmp_path)
    assert read_trouble(tmp_path) is None


def test_only_the_last_lines_are_kept(tmp_path: Path) -> None:
    lines = tuple(str(number) for number in range(3 * LINES_KEPT))
    note_trouble(tmp_path, replace(TROUBLE, said=lines))
    kept = read_trouble(tmp_path)
    assert kept is not None
    assert kept.said == lines[-LINES_KEPT:]


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"at": "noon"}', '{"at": 7, "status": 1}', "\ud800"])
def test_a_file_that_says_nothing_is_no_trouble(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_bytes(content.encode(errors="surrogatepass"))
    assert read_trouble(tmp_path) is None
