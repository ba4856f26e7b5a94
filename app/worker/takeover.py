"""The jobs of workers that are gone are queued again; whichever worker is free goes on with them.

Two workers may look at once: who changes which worker has a job waits for the other, and looks again.
"""

import logging

from sqlalchemy.orm import Session

from app.processes.job_engine import Engine
from app.worker.presence import Presence
from db.rounds import workers
from db.rounds.workers import WorkerSeen
from db.store.session import Store

LAST_WORDS_S = 25.0
"""How long the trainer of a worker that was told to end may take for its last checkpoint, within a third of a lease."""

log = logging.getLogger(__name__)


def take_over(store: Store, engine: Engine, presence: Presence) -> list[str]:
    """Queue what nobody works on any more; the names of those jobs. Who ended by itself needs no judge."""
    if presence.alone:
        return []
    with store.transaction() as tx:
        moment = workers.store_now(tx)
        for lost in workers.lose_silent(tx, now=moment) if presence.may_judge_others(moment) else ():
            log.warning("worker '%s' was not heard of for %.0f s: it loses its jobs.", lost.worker.name, lost.seconds)
    with store.reading() as tx:
        here = [one.worker.name for one in workers.everybody(tx) if _has_its_jobs(one)]
    if not engine.held_by_others(here):
        return []
    with store.transaction() as tx:
        workers.lock_jobs(tx)
        here = [one.worker.name for one in workers.everybody(tx) if _has_its_jobs(one)]
        jobs = engine.held_by_others(here)
        for job in jobs:
            engine.queue_again(job)
            log.warning("%s is queued again: its worker is gone.", job)
    return jobs


def forget_older(store: Store, engine: Engine, presence: Presence) -> list[str]:
    """Forget jobs of another version that no worker is left for; the names of those. `settle` makes them anew.

    A round goes on by what is in its folder, so nothing is lost but the order of steps that this version does not know.
    """
    if not engine.of_other_versions():
        return []
    if presence.alone:  # a file has one writer at a time, and that is to be the engine
        with store.reading() as tx:
            return _forget_older(tx, engine)
    with store.transaction() as tx:
        workers.lock_jobs(tx)
        return _forget_older(tx, engine)


def _forget_older(tx: Session, engine: Engine) -> list[str]:
    served = {one.worker.version for one in workers.everybody(tx) if _has_its_jobs(one)}
    older = {job: version for job, version in engine.of_other_versions().items() if version not in served}
    for job, version in older.items():
        engine.forget(job)
        log.warning("%s was made for workers of version %s, and none is left: it is made anew.", job, version)
    return list(older)


def _has_its_jobs(one: WorkerSeen) -> bool:
    """Until they are taken away; a worker that was told to end keeps them a moment, while its trainer ends."""
    if one.ended:
        return one.seconds <= min(LAST_WORDS_S, one.worker.lease_s / 3)
    return not one.lost
