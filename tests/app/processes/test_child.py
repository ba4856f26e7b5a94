"""The guard: nothing outlives whoever started it, nothing runs twice. Real processes, really killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from app.processes.child import LAPSED, LOCKED, STOPPED, extend, guard_command, start_guarded, stop_guarded, try_lock
from tests.waiting import gone, until

SLEEPER = "import time; time.sleep(600)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
)
FAMILY = f"""
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", {SLEEPER!r}], start_new_session=True)
print(child.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Guards to end after the test, whatever happened in it."""
    processes: list[subprocess.Popen[bytes]] = []
    yield processes
    for process in processes:
        stop_guarded(process)
        if process.stdout:
            process.stdout.close()


def guard(code: str, **options: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        guard_command([sys.executable, "-c", code], **options),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def test_a_command_can_be_told_to_stand_back(started: list[subprocess.Popen[bytes]]) -> None:
    asked = guard("import os; print(os.nice(0), flush=True)", nice=7)
    started.append(asked)
    assert asked.stdout is not None
    assert int(asked.stdout.readline()) == os.nice(0) + 7


def test_the_guard_ends_with_its_commands_status() -> None:
    process = start_guarded([sys.executable, "-c", "raise SystemExit(7)"])

    assert process.wait(10) == 7
    stop_guarded(process)


def test_closing_the_pipe_ends_the_command_and_a_grandchild_in_its_own_session(
    started: list[subprocess.Popen[bytes]],
) -> None:
    process = guard(FAMILY)
    started.append(process)
    assert process.stdout
    grandchild = int(process.stdout.readline())
    (child,) = psutil.Process(process.pid).children()

    assert stop_guarded(process) == STOPPED
    assert gone(child.pid)
    assert gone(grandchild)


PARENT = f"""
import sys, time
from app.processes.child import LAPSED, LOCKED, STOPPED, extend, guard_command, start_guarded, stop_guarded, try_lock
print(start_guarded([sys.executable, "-c", {SLEEPER!r}]).pid, flush=True)
time.sleep(600)
"""


def test_kill_9_of_the_parent_leaves_nothing_running() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE)
    assert parent.stdout
    guard_pid = int(parent.stdout.readline())
    until(lambda: len(psutil.Process(guard_pid).children()) == 1)
    (child,) = psutil.Process(guard_pid).children()

    parent.kill()
    parent.wait()
    parent.stdout.close()

    until(lambda: gone(guard_pid) and gone(child.pid))


def test_a_command_that_ignores_being_asked_is_killed_after_the_grace(started: list[subprocess.Popen[bytes]]) -> None:
    process = guard(STUBBORN, grace_s=0.3)
    started.append(process)
    assert process.stdout
    assert process.stdout.readline()
    (child,) = psutil.Process(process.pid).children()

    begin = time.monotonic()
    assert stop_guarded(process) == STOPPED

    assert gone(child.pid)
    assert 0.25 < time.monotonic() - begin < 5


def test_kill_9_of_the_guard_itself_takes_the_command_along() -> None:
    process = guard(SLEEPER)
    until(lambda: len(psutil.Process(process.pid).children()) == 1)
    (child,) = psutil.Process(process.pid).children()

    process.kill()
    process.wait()

    until(lambda: gone(child.pid))
    assert process.stdin
    assert process.stdout
    process.stdin.close()
    process.stdout.close()


def test_a_second_guard_waits_for_the_lock_and_runs_once_it_is_free(
    tmp_path: Path, started: list[subprocess.Popen[bytes]]
) -> None:
    lock, proof = tmp_path / "train.lock", tmp_path / "ran"
    first = guard("print('up', flush=True); " + SLEEPER, lock=lock)
    started.append(first)
    assert first.stdout
    assert first.stdout.readline()
    second = guard(f"open({str(proof)!r}, 'w').close()", lock=lock)
    started.append(second)
    time.sleep(0.5)
    assert not proof.exists()

    stop_guarded(first)

    assert second.wait(10) == 0
    assert proof.exists()


def test_a_lock_that_stays_held_is_an_error_in_words(tmp_path: Path) -> None:
    lock = tmp_path / "train.lock"
    held = try_lock(lock)
    assert held is not None
    command = guard_command([sys.executable, "-c", "print('ran')"], lock=lock)
    command[command.index("--") : command.index("--")] = ["--wait", "0.2"]

    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.wait(10) == LOCKED
    out, err = process.communicate()
    os.close(held)

    assert out == ""
    assert "train.lock is still held by another process" in err


def test_a_lock_is_taken_by_one_and_free_again_once_let_go(tmp_path: Path) -> None:
    lock = tmp_path / "deep" / "worker.lock"
    held = try_lock(lock)

    assert held is not None
    assert try_lock(lock) is None
    os.close(held)
    again = try_lock(lock)
    assert again is not None
    os.close(again)


def test_sigterm_to_the_guard_ends_the_command(started: list[subprocess.Popen[bytes]]) -> None:
    process = guard(SLEEPER)
    started.append(process)
    until(lambda: len(psutil.Process(process.pid).children()) == 1)
    (child,) = psutil.Process(process.pid).children()

    process.send_signal(signal.SIGTERM)

    assert process.wait(10) == STOPPED
    assert gone(child.pid)


KEEPER = """
import signal, sys, time
from pathlib import Path
def keep(*_):
    time.sleep(0.5)
    Path(sys.argv[1]).write_text("kept")
    sys.exit(0)
signal.signal(signal.SIGTERM, keep)
print("up", flush=True)
time.sleep(600)
"""
HASTY = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
subprocess.Popen([sys.executable, "-c", sys.argv[1], sys.argv[2]], start_new_session=True)
time.sleep(600)
"""


def test_a_containers_first_process_waits_for_what_a_hasty_command_leaves_behind(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    command = guard_command([sys.executable, "-c", HASTY, KEEPER, str(kept)])
    command[command.index("--") : command.index("--")] = ["--alone"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    assert process.stdout
    assert process.stdout.readline() == b"up\n"  # though standard input is at its end

    process.send_signal(signal.SIGTERM)

    assert process.wait(10) == 0
    assert kept.read_text() == "kept"
    process.stdout.close()


def test_a_containers_first_process_ends_with_its_commands_status() -> None:
    command = guard_command([sys.executable, "-c", "raise SystemExit(7)"])
    command[command.index("--") : command.index("--")] = ["--alone"]
    assert subprocess.run(command, stdin=subprocess.DEVNULL, timeout=20).returncode == 7


def test_a_descriptor_kept_open_reaches_the_command_and_nobody_else() -> None:
    ear, mouth = os.pipe()
    script = f"import os, time; os.write({mouth}, b'here'); os.close({mouth}); time.sleep(600)"
    process = start_guarded([sys.executable, "-c", script], keep_open=[mouth])
    os.close(mouth)

    with os.fdopen(ear, "rb") as heard:
        assert heard.read() == b"here"  # and then its end: the guard itself holds the other one no more

    stop_guarded(process)


def test_a_command_ends_when_its_time_is_over_and_goes_on_where_that_is_put_off(tmp_path: Path) -> None:
    began = time.monotonic()
    process = start_guarded([sys.executable, "-c", SLEEPER], until=began + 1.0)
    for _ in range(4):
        time.sleep(0.5)
        assert process.poll() is None
        extend(process, time.monotonic() + 1.0)
    assert process.wait(20) == LAPSED
    assert time.monotonic() - began > 2.5
    stop_guarded(process)


def test_a_guard_that_stood_still_beyond_the_grace_kills_at_once(started: list[subprocess.Popen[bytes]]) -> None:
    process = guard(STUBBORN, until=time.monotonic() + 2.0, grace_s=60.0)
    started.append(process)
    assert process.stdout is not None
    process.stdout.readline()
    (child,) = psutil.Process(process.pid).children()
    process.send_signal(signal.SIGSTOP)
    extend(process, time.monotonic() - 100.0)  # late news: it was to end long ago
    process.send_signal(signal.SIGCONT)
    assert process.wait(20) == LAPSED
    assert gone(child.pid)


def test_waiting_for_the_lock_ends_when_the_time_is_over(
    tmp_path: Path, started: list[subprocess.Popen[bytes]]
) -> None:
    held = try_lock(tmp_path / "lock")
    assert held is not None
    process = guard(SLEEPER, lock=tmp_path / "lock", until=time.monotonic() + 0.5)
    started.append(process)
    assert process.wait(20) == LAPSED
    os.close(held)
