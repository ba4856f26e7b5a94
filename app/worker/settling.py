"""Rounds, pre-labellings and simulations that an earlier worker left are enqueued again or ended."""

import logging

from sqlalchemy.exc import DBAPIError

from app.processes.job_engine import Engine
from app.simulation import folder, running
from app.worker.following import Following
from app.worker.presence import Presence
from app.worker.takeover import forget_older, take_over
from app.worker.words import said
from db.errors import StoreBusy, WorkerLost
from db.rounds import prelabellings, rounds
from db.store.session import Store

log = logging.getLogger(__name__)


def settle_if_reachable(store: Store, engine: Engine, presence: Presence) -> None:
    """A sign of life, then `take_over`, `forget_older`, `settle`, unless the store is away: that must end no worker.

    The sign comes from this very loop and not from a thread of its own: a worker whose loop hangs gives none.
    """
    if not presence.sign():
        return
    try:
        take_over(store, engine, presence)
        forget_older(store, engine, presence)
        settle(store, engine)
    except WorkerLost as error:
        log.warning("%s", error)
    except (DBAPIError, StoreBusy) as error:
        log.warning("the store cannot be reached (%s); looking again soon.", said(error))


def settle(store: Store, engine: Engine) -> None:
    """Bring the active round and its job together again, where one of them was lost.

    A round whose job ended without a word (the job engine gave up on it, or the store was away just then) has failed.
    A round without a job (the engine's tables were replaced) is enqueued again, and finds its finished stages.
    """
    _settle_prelabelling(store, engine)
    with store.reading() as tx:
        found = rounds.active(tx)
    if found is None:
        return
    job = engine.job_state(found.number, run=found.run)
    if job == "active":
        return
    with store.transaction() as tx:
        record = rounds.get(tx, found.number)  # again, within the transaction: it may have ended meanwhile
        if not record.is_active or record.run != found.run:
            return
        if job == "missing" and record.state != "cancelling":
            engine.enqueue_round(tx, record.number, run=record.run)
        else:
            rounds.fail(tx, record.id, "the round's job ended without a result; wanted a ranking. Launch it again.")


def _settle_prelabelling(store: Store, engine: Engine) -> None:
    """The same of the newest model's run over the pool."""
    with store.reading() as tx:
        newest = prelabellings.latest(tx)
    if newest is None or newest.state not in ("queued", "running"):
        return
    job = engine.prelabelling_state(newest.id)
    if job == "active":
        return
    with store.transaction() as tx:
        if job == "missing":
            engine.enqueue_prelabelling(tx, newest.id)
        else:
            prelabellings.fail(
                tx,
                newest.id,
                "its job ended without a result; wanted predictions. The worker's log has the last words; "
                "try another model.",
            )


class SettlingSimulations(Following):
    """The same of the newest simulation, each time. Not in the loop that gives the sign of life: where it stands lies
    in a folder or a bucket that may take long to answer."""

    meanwhile = "no simulation is taken up again"

    def __init__(self, store: Store, engine: Engine) -> None:
        super().__init__(store)
        self._engine = engine

    def _mark(self) -> object:
        return object()

    def _again(self) -> None:
        settle_simulation(self._store, self._engine)


def settle_simulation(store: Store, engine: Engine) -> None:
    """The same of the newest simulation. Raises OSError, BucketAway."""
    job = folder.newest(engine.home)
    if job is None or not job.is_active:
        return
    state = engine.simulation_state(job.number, job.phase)
    if state == "missing":
        with store.transaction() as tx:
            engine.enqueue_simulation(tx, job.number, job.phase)
    elif state == "ended":
        ended = folder.newest(engine.home)  # again: it may have told its end between the two looks
        if ended == job:
            words = "its job ended without a result; wanted a learning curve. The worker's log has the last words."
            running.fail(engine.home, job, words)
