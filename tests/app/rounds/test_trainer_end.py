"""A lead reads why a trainer died, and what to do."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.processes.child import start_guarded, stop_guarded
from app.rounds.trainer_end import is_by_signal, memory_kills, why_killed, without_room


@pytest.mark.parametrize(
    ("number", "words"), [(signal.SIGKILL, "SIGKILL"), (signal.SIGSEGV, "SIGSEGV"), (signal.SIGTERM, "from outside")]
)
def test_a_signal_is_known_from_the_guards_status_and_from_a_childs(number: int, words: str) -> None:
    command = [sys.executable, "-c", f"import os; os.kill(os.getpid(), {int(number)})"]
    child = subprocess.run(command, check=False).returncode
    guard = start_guarded(command)
    guard.wait(30)
    for status in (child, stop_guarded(guard)):
        assert is_by_signal(status)
        assert words in why_killed(status, out_of_memory=False)


def test_a_status_of_its_own_is_no_signal() -> None:
    assert not any(is_by_signal(status) for status in (0, 1, 2, 75))


def test_want_of_memory_goes_before_the_signal() -> None:
    assert "no memory left" in why_killed(-signal.SIGKILL, out_of_memory=True)
    assert memory_kills() >= 0


def test_want_of_room_is_told_with_what_is_free(tmp_path: Path) -> None:
    words = without_room(tmp_path, "OSError: [Errno 28] No space left on device: 'training.safetensors'")
    assert words is not None
    assert "MB are free now" in words
    assert "go on with this round" in words
    assert without_room(tmp_path, "the loss is NaN") is None
