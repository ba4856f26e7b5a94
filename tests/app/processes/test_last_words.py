"""What a child writes is passed on, and its end is kept."""

import io
import subprocess
import sys

import pytest

from app.processes.last_words import LONGEST_LINE, LastWords


def words_of(code: str, *, lines: int = 3) -> tuple[str, ...]:
    words = LastWords(lines=lines)
    process = subprocess.Popen([sys.executable, "-c", f"import os\n{code}"], stdout=words.mouth, stderr=words.mouth)
    words.mouth.close()
    process.wait()
    return words.said()


def test_everything_is_passed_on_and_the_last_lines_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    assert words_of("for n in range(9): print(n)") == ("6", "7", "8")
    assert capsys.readouterr().err == "".join(f"{n}\n" for n in range(9))


def test_empty_lines_bytes_that_are_no_text_and_endless_lines_do_no_harm() -> None:
    assert words_of("os.write(2, b'\\n\\xff\\n\\n')") == ("\ufffd",)
    assert {len(line) for line in words_of("os.write(2, b'x' * 200_000)")} == {LONGEST_LINE}
    assert words_of("pass") == ()


def test_a_child_is_not_held_up_where_nobody_can_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)
    assert len(words_of("os.write(2, b'line of words\\n' * 100_000)")) == 3
