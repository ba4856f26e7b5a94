"""Runs a command so that it never outlives whoever started it, and never runs twice.

    python -P -m app.processes.child [--lock FILE] [--grace S] [--nice N] [--until SECONDS] [--alone] -- COMMAND...

The guard's standard input is a pipe from its parent. When that pipe closes, because the parent ended in whatever way,
kill -9 included, the guard asks the command and every process it left behind to stop, and kills those that do not
within the grace. So it does once the parent's word for how long the command may run is over: lines "until SECONDS" of
the machine's monotonic clock, each in place of the one before. On Linux it adopts orphaned descendants, so processes in
sessions of their own are found as well. The command itself holds the lock too: as long as it lives, no other guard
starts one.

`--alone` is for a container's first process: there is no parent's pipe to watch. The container ends with this process,
so it waits until a trainer has kept its step.
"""

import argparse
import contextlib
import ctypes
import fcntl
import logging
import math
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import IO

import psutil

STOPPED = 143
"""Exit status of a guard that was told to stop: 128 + SIGTERM, as shells count."""
LOCKED = 75
"""Exit status of a guard that found the lock held: EX_TEMPFAIL."""
LAPSED = 142
"""Exit status of a guard whose parent gave no word for too long: 128 + SIGALRM."""
POLL_S = 0.1
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36

log = logging.getLogger(__name__)


def guard_command(
    command: Sequence[str],
    *,
    lock: Path | None = None,
    grace_s: float = 5.0,
    nice: int = 0,
    keep_open: Sequence[int] = (),
    until: float = math.inf,
) -> list[str]:
    """The command line that runs `command` under a guard. Start it with `stdin=PIPE` and keep that pipe open."""
    options = ["--grace", str(grace_s), "--nice", str(nice), "--until", str(until)]
    options += ["--lock", str(lock)] if lock else []
    options += [part for descriptor in keep_open for part in ("--keep-open", str(descriptor))]
    return [sys.executable, "-P", "-m", "app.processes.child", *options, "--", *command]


def start_guarded(
    command: Sequence[str],
    *,
    lock: Path | None = None,
    grace_s: float = 5.0,
    output: IO[bytes] | None = None,
    environ: Mapping[str, str] | None = None,
    nice: int = 0,
    keep_open: Sequence[int] = (),
    until: float = math.inf,
) -> subprocess.Popen[bytes]:
    """Start `command` under a guard that ends it when this process ends, or when the returned `stdin` is closed.

    A session of its own keeps the terminal's Ctrl-C from it: who started it decides. `output` takes what it prints;
    `environ` replaces the environment. `nice`: how far the command stands back behind other processes, 0 to 19.
    `keep_open`: descriptors that the command gets too, under the same numbers. `until`: the moment of `time.monotonic`
    at which it is ended, unless `extend` puts that off.
    """
    return subprocess.Popen(
        guard_command(command, lock=lock, grace_s=grace_s, nice=nice, keep_open=keep_open, until=until),
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=subprocess.STDOUT if output else None,
        env=environ,
        start_new_session=True,
        pass_fds=keep_open,
    )


def extend(process: subprocess.Popen[bytes], until: float) -> None:
    """Let a guard's command run until that moment of `time.monotonic`."""
    if process.stdin:
        with contextlib.suppress(BrokenPipeError):  # it has ended
            process.stdin.write(f"until {until}\n".encode())
            process.stdin.flush()


def stop_guarded(process: subprocess.Popen[bytes]) -> int:
    """End a guard and all it runs; its exit status. Returns at once if it has ended."""
    if process.stdin:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
    return process.wait()


def try_lock(path: Path) -> int | None:
    """The descriptor of the file, locked for this process alone; None if another process holds it.

    The kernel frees the lock when the last process that has the descriptor ends, however it ends.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not truncated: whoever holds it may have written into it who it is.
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def run_guarded(
    command: Sequence[str],
    *,
    lock: Path | None,
    wait_s: float,
    grace_s: float,
    nice: int = 0,
    keep_open: Sequence[int] = (),
    until: float = math.inf,
) -> int:
    """Run `command` until it ends, this process is told to stop, standard input closes, or its time is over.

    The exit status.
    """
    told_to_stop, parent = _note_signals(), _Parent(until)
    _adopt_orphans()
    held, deadline = try_lock(lock) if lock else None, time.monotonic() + wait_s
    while lock and held is None:
        if told_to_stop or parent.is_gone():
            return STOPPED
        if parent.is_late():
            return LAPSED
        if time.monotonic() >= deadline:
            log.error(
                "%s is still held by another process after %.0f s. End that process, then try again.", lock, wait_s
            )
            return LOCKED
        held = try_lock(lock)
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        pass_fds=[*keep_open, *([] if held is None else [held])],  # the lock lives as long as the command does
        preexec_fn=lambda: _prepare_child(nice),
    )
    for descriptor in keep_open:
        os.close(descriptor)
    while child.poll() is None and not told_to_stop and not parent.is_gone() and not parent.is_late():
        pass  # waits in `is_gone`
    status, late_s = child.poll(), parent.late_s()
    end_tree(grace_s=grace_s - late_s)  # also after a good end: the command may have left some behind
    if status is None:
        return LAPSED if late_s > 0 else STOPPED
    return status if status >= 0 else 128 - status  # killed by a signal, as shells count


def end_tree(*, grace_s: float) -> None:
    """Ask every descendant of this process to stop, kill those left after `grace_s`, and reap them all."""
    deadline, asked = time.monotonic() + grace_s, set[psutil.Process]()
    while descendants := _living_descendants():
        overdue = time.monotonic() >= deadline
        for process in descendants if overdue else set(descendants) - asked:  # asked once, killed until it is gone
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill() if overdue else process.terminate()
        asked |= set(descendants)
        psutil.wait_procs(descendants, timeout=POLL_S)


def _living_descendants() -> list[psutil.Process]:
    """Children, theirs and so on, dead ones reaped."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:  # adopted ones too, which no Popen here knows
            pass
    living = []
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.status() != psutil.STATUS_ZOMBIE:
                living.append(process)
    return living


class _Parent:
    """What standard input says: that the parent is there, and until when the command may run."""

    def __init__(self, until: float) -> None:
        self._until, self._begun = until, b""

    def is_gone(self) -> bool:
        """Wait a moment for standard input; True once it has closed."""
        readable, _, _ = select.select([sys.stdin.fileno()], [], [], POLL_S)
        if not readable:
            return False
        content = os.read(sys.stdin.fileno(), 4096)
        *lines, self._begun = (self._begun + content).split(b"\n")
        for line in lines:
            if line.startswith(b"until "):
                self._until = float(line.removeprefix(b"until "))
        return not content

    def is_late(self) -> bool:
        """Whether the time is over."""
        return self.late_s() > 0

    def late_s(self) -> float:
        """For how long it has been over; 0 until then. More than a moment where this process itself stood still."""
        return max(0.0, time.monotonic() - self._until)


def _note_signals() -> list[int]:
    """A list that gets an entry when this process is told to stop."""
    noted: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        noted.append(number)

    signal.signal(signal.SIGTERM, note)
    signal.signal(signal.SIGINT, note)
    return noted


def _never_close_stdin() -> None:
    """Standard input becomes a pipe that this process itself holds open: there is no parent to end with."""
    reading, _ = os.pipe()
    os.dup2(reading, sys.stdin.fileno())


def _adopt_orphans() -> None:
    """Become the parent of descendants whose own parent dies (Linux; elsewhere such orphans are not found)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _prepare_child(nice: int) -> None:
    """In the command's process, before it starts: stand back, and on Linux be killed when the guard is killed.

    Safe: a guard has one thread.
    """
    os.nice(nice)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="app.processes.child", description="Run a command that dies with its parent.")
    parser.add_argument("--lock", type=Path, help="hold this file's lock while the command runs")
    parser.add_argument("--wait", type=float, default=30.0, help="seconds to wait for the lock")
    parser.add_argument("--grace", type=float, default=5.0, help="seconds between asking to stop and killing")
    parser.add_argument("--nice", type=int, default=0, help="how far the command stands back, 0 to 19")
    parser.add_argument("--until", type=float, default=math.inf, help="when to end it, on the monotonic clock")
    parser.add_argument("--keep-open", type=int, action="append", default=[], help="a descriptor for the command")
    parser.add_argument("--alone", action="store_true", help="nobody's pipe is watched; 0 when told to stop")
    parser.add_argument("command", nargs="+")
    chosen = parser.parse_args(arguments)
    if chosen.alone:
        _never_close_stdin()
    status = run_guarded(
        chosen.command,
        lock=chosen.lock,
        wait_s=chosen.wait,
        grace_s=chosen.grace,
        nice=chosen.nice,
        keep_open=chosen.keep_open,
        until=chosen.until,
    )
    return 0 if chosen.alone and status == STOPPED else status  # it was told to stop, which is no failure


if __name__ == "__main__":
    sys.exit(main())
