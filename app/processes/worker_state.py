"""Whether a worker serves this home, in words for leads: its sign of life in the store, the supervisor's trouble."""

import socket
from dataclasses import dataclass
from typing import Any, Literal

import psutil

from app.home.home_command import home_command
from app.home.settings import Settings
from app.processes.worker_trouble import WorkerTrouble, read_trouble
from db.rounds import workers
from db.rounds.workers import Worker, WorkerSeen
from db.store.session import Store

GONE_AFTER_S = 40.0
"""A worker gives a sign every 10 s, between two looks at the store; three may be late on a busy machine."""
LAST_LINES = 3
"""So many of the worker's last lines are told to leads."""

Stand = Literal["running", "gone", "never"]


@dataclass(frozen=True)
class WorkerState:
    """text: one sentence or two for a lead. command: what starts a worker; None where none is to be started now."""

    stand: Stand
    text: str
    command: str | None
    seen: WorkerSeen | None
    trouble: WorkerTrouble | None


def worker_state(store: Store, settings: Settings) -> WorkerState:
    """How the home's worker stands now."""
    with store.reading() as tx:
        seen = workers.latest(tx)
    if seen is not None and not seen.ended and seen.seconds <= GONE_AFTER_S:
        return WorkerState("running", "A worker runs.", None, seen, None)
    trouble = read_trouble(settings.home)
    command = home_command(settings.home, "worker")
    if trouble is not None:
        return WorkerState("gone" if seen else "never", _trouble_in_words(trouble), None, seen, trouble)
    if seen is None:
        return WorkerState("never", f"No worker has run here yet. {_start(settings)}", command, None, None)
    return WorkerState("gone", _gone_in_words(seen, settings), command, seen, None)


def worker_json(state: WorkerState) -> dict[str, Any]:
    """The same document on the page, over HTTP and from the command line."""
    shown: dict[str, Any] = {"state": state.stand, "text": state.text, "command": state.command, "trouble": None}
    if state.trouble is not None:
        shown["trouble"] = {"at": state.trouble.at.isoformat(), "said": list(state.trouble.said)}
    if state.seen is None:
        return {**shown, "worker": None}
    worker = state.seen.worker
    return {
        **shown,
        "worker": {
            "name": worker.name,
            "host": worker.host,
            "process": worker.process,
            "version": worker.version,
            "started_at": worker.started_at.isoformat(),
            "seen_at": state.seen.seen_at.isoformat(),
            "seconds": round(state.seen.seconds, 1),
            "ended": state.seen.ended,
        },
    }


def since(seconds: float) -> str:
    """How long ago, as one says it: 50 s, 3 min, 2 h, 4 days."""
    for limit, unit, name in ((90, 1, "s"), (5400, 60, "min"), (129_600, 3600, "h")):
        if seconds < limit:
            return f"{seconds / unit:.0f} {name}"
    return f"{seconds / 86_400:.0f} days"


def _gone_in_words(seen: WorkerSeen, settings: Settings) -> str:
    missing = f"No worker for {since(seen.seconds)}"
    if seen.ended:
        return f"{missing}: it was ended. {_start(settings)}"
    if not _is_there(seen.worker):
        return f"{missing}: it ended without a word. {_start(settings)}"
    return (
        f"{missing}: process {seen.worker.process} is still there but gives no sign. "
        f"End it (kill -9 {seen.worker.process}); if no supervisor starts the next one, start it:"
    )


def _start(settings: Settings) -> str:
    """The command comes next. A store elsewhere is named by an address that may hold a password: it is not shown."""
    own = settings.database_url.startswith("sqlite")
    return f"Rounds and models wait. Start one{'' if own else ', with the same DATABASE_URL'}:"


def _is_there(worker: Worker) -> bool:
    """Whether its process still exists, as far as this machine can tell; the number may be another process's by now."""
    if worker.host != socket.gethostname():
        return False
    try:
        process = psutil.Process(worker.process)
        began = float(process.create_time())  # the number may be another process's by now
        return began <= worker.started_at.timestamp() + 1 and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _trouble_in_words(trouble: WorkerTrouble) -> str:
    said = " ".join(line.strip() for line in trouble.said[-LAST_LINES:])
    words = f" Its last words: {said}" if said else ""
    return f"The worker cannot be kept running: it ended {trouble.ends} times in a row.{words} {trouble.advice}"
