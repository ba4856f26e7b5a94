"""A worker takes a simulation: from the queue, or in place of another worker whose rows it carries over.

As with rounds (`app.rounds.taking`), that one may wake up later in the middle of a file: so whoever goes on in another
place does so in a folder of its own.
"""

import logging
import secrets
import shutil
from dataclasses import replace
from pathlib import Path

from app.simulation.folder import (
    RUN_FOLDER,
    Job,
    SimulationLost,
    files_of,
    folder_of,
    is_cancelled,
    read,
    write,
)
from app.simulation.sharing import CARRIED, attempts, fetch
from db.rounds.workers import Worker

TRIES = 3
log = logging.getLogger(__name__)


def take(home: Path, number: int, worker: Worker) -> Job | None:
    """The simulation, running, of which nobody else can say any more where it stands; None where it is over.

    Raises SimulationLost, OSError, BucketAway.
    """
    for _ in range(TRIES - 1):
        try:
            return _take(home, number, worker)
        except SimulationLost:  # a network's file system may show yesterday's names
            continue
    return _take(home, number, worker)


def _take(home: Path, number: int, worker: Worker) -> Job | None:
    job = read(home, number)
    if not job.is_active:
        return None
    folder_of(home, number).mkdir(parents=True, exist_ok=True)
    attempt = job.attempt
    if job.place not in (None, worker.place) and not is_cancelled(home, number):
        attempt = _carry_over(home, job)
        log.info("simulation %d goes on in attempt %d, with the rows that are there.", number, attempt)
    elif not is_cancelled(home, number):
        fetch(home, job, files_of(home, job))  # this machine's own may be gone
    taken = replace(job, state="running", attempt=attempt, place=worker.place, holder=worker.token)
    return write(home, taken)


def _carry_over(home: Path, job: Job) -> int:
    """Copy what counts without its folder into a new one, whole or not at all; the new attempt's number."""
    source, base = files_of(home, job), folder_of(home, job.number)
    following = 1 + max({job.attempt} | attempts(home, job.number))
    unfinished = base / f".attempt-{secrets.token_hex(8)}"
    try:
        (unfinished / RUN_FOLDER).mkdir(parents=True)
        fetch(home, job, unfinished)
        for name in CARRIED:
            if (source / name).exists() and not (unfinished / name).exists():
                shutil.copy2(source / name, unfinished / name)
        unfinished.rename(base / f"attempt-{following}")
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return following
