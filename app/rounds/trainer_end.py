"""Why a trainer ended before it was done, in words: a signal, no memory, no room on the disk."""

import shutil
import signal
from pathlib import Path

_SIGNALLED = 128
"""Shells, and our guard, count a signal's number from here on."""
_NO_ROOM = "No space left on device"
_KILLS = (("/sys/fs/cgroup/memory.events", "oom_kill"), ("/proc/vmstat", "oom_kill"))


def is_by_signal(exit_status: int) -> bool:
    """Whether a process ended by a signal: as Python tells it of a child, or as shells do."""
    return exit_status < 0 or exit_status > _SIGNALLED


def why_killed(exit_status: int, *, out_of_memory: bool) -> str:
    """Which signal ended the trainer, and what that means."""
    number = -exit_status if exit_status < 0 else exit_status - _SIGNALLED
    if out_of_memory:
        return "the system had no memory left and killed the trainer (smaller batches or a smaller network need less)"
    if number == signal.SIGKILL:
        return "the trainer was killed (SIGKILL), as systems do when memory runs out"
    if not is_by_signal(exit_status) or number == signal.SIGTERM:
        return "the trainer was told to end from outside (SIGTERM)"
    return f"the trainer crashed ({_name(number)})"


def memory_kills() -> int:
    """How often this system, or this container, killed a process for want of memory; 0 where it does not say."""
    for path, name in _KILLS:
        try:
            lines = Path(path).read_text().splitlines()
        except OSError:
            continue
        for line in lines:
            key, _, count = line.partition(" ")
            if key == name:
                return int(count)
    return 0


def without_room(home: Path, said: str) -> str | None:
    """What to do where something was said to end for want of room on the home's disk; None where it was not."""
    if _NO_ROOM not in said:
        return None
    free = shutil.disk_usage(home).free / 1e6
    return (
        f"no room was left on the disk that holds the home ({free:,.0f} MB are free now); wanted room for the round's "
        "files. Make room, then go on with this round: what was trained is kept."
    )


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
