"""Every worker of a home in words: where it is, what it does, when it was heard of."""

from typing import Literal

from app.contract.workers import OneWorkerPayload, WorkersPayload
from app.processes.worker_state import GONE_AFTER_S, since
from db.rounds import workers
from db.rounds.workers import WorkerSeen
from db.store.session import Store

State = Literal["works", "waits", "silent", "lost", "ended"]
STATES: tuple[State, ...] = ("works", "waits", "silent", "lost", "ended")


def workers_told(store: Store) -> WorkersPayload:
    """Every worker heard of within a week, by name."""
    with store.reading() as tx:
        found = workers.everybody(tx)
    running = sum(state_of(one) in ("works", "waits") for one in found)
    return WorkersPayload(words=_how_many(running), workers=[_told(one) for one in found])


def state_of(one: WorkerSeen) -> State:
    """How a worker stands."""
    if one.ended:
        return "ended"
    if one.lost:
        return "lost"
    if one.seconds > min(GONE_AFTER_S, one.worker.lease_s):
        return "silent"
    return "works" if one.doing else "waits"


def _how_many(running: int) -> str:
    if running == 0:
        return "No worker runs now."
    if running == 1:
        return "One worker runs."
    return (
        f"{running} workers run. A round is one worker's at a time; others that are free score its pool with it. "
        "Should that one fall silent, another goes on."
    )


def _told(one: WorkerSeen) -> OneWorkerPayload:
    state, worker = state_of(one), one.worker
    words = {
        "works": one.doing or "",
        "waits": "waits for a round or a model",
        "silent": f"{one.doing or 'waited'}, when it was heard of last",
        "lost": "others have its jobs",
        "ended": "was ended",
    }
    return OneWorkerPayload(
        name=worker.name,
        host=worker.host,
        process=worker.process,
        device=worker.device,
        state=state,
        doing=words[state],
        since=one.doing_since.isoformat() if state == "works" and one.doing_since else None,
        heard=f"{since(one.seconds)} ago",
        seconds=round(one.seconds, 1),
        started_at=worker.started_at.isoformat(),
    )
