"""This worker among the others: it takes its name, gives its signs of life, and ends once others have its jobs."""

import logging
import math
import os
import time
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import NoReturn

import psutil
from sqlalchemy.exc import DBAPIError

from app.processes.activity import Activity
from app.processes.lease import Lease
from app.worker.words import said
from db.errors import StoreBusy
from db.rounds import workers
from db.rounds.workers import Worker, WorkerSeen
from db.store.session import Store

SIGN_EVERY_S = 10.0
LOOK_AGAIN_S = 0.5
GOODBYE_S = 1.0
"""How long a worker that is told to end may take to say so in the store."""

log = logging.getLogger(__name__)


class NameInUse(RuntimeError):
    """Another worker has the name; the message says which, and what to do."""


class Presence:
    """What a worker is to the others. alone: the only one that its store may have."""

    def __init__(self, store: Store, worker: Worker, *, alone: bool) -> None:
        self.worker = worker
        self.activity = Activity()
        self.lease = Lease() if alone else Lease(worker.lease_s)
        self.alone = alone
        self.store = store.beginning_with(partial(workers.require_here, worker=worker))
        """For whatever this worker writes."""
        self.store_of_rounds = store.beginning_with(partial(workers.require_here, worker=worker, in_rounds=True))
        self._bare = store
        self._heard_since = math.inf
        self._heard_at: datetime | None = None
        self._names: list[str] = []

    @property
    def every_s(self) -> float:
        """How often it gives a sign: several may be late before others take its jobs."""
        return SIGN_EVERY_S if self.alone else min(SIGN_EVERY_S, self.worker.lease_s / 6)

    @property
    def is_first(self) -> bool:
        """Whether it does what one of all workers is to do."""
        return self.alone or self._names[:1] == [self.worker.name]

    def may_judge_others(self, moment: datetime) -> bool:
        """Whether the store heard this worker for a whole lease, up to that moment of its clock, without a gap.

        Whoever was there meanwhile was heard as well. After an outage of the store, and where all machines stood still,
        everybody was silent and is there all the same; a worker that just began cannot know whether it was so.
        """
        if self.alone or self._is_gap(moment):
            return False
        return time.monotonic() - self._heard_since >= self.worker.lease_s

    def arrive(self) -> None:
        """Take the name. Waits where a worker had it that may be there still; raises NameInUse where it is."""
        waited_for: WorkerSeen | None = None
        while (other := self._try_to_arrive()) is not None:
            if waited_for is None:
                log.info("a worker named '%s' was heard of %.0f s ago; waiting.", other.worker.name, other.seconds)
                waited_for = other
            elif (other.worker.token, other.seen_at) != (waited_for.worker.token, waited_for.seen_at):
                raise NameInUse(
                    f"another worker (process {other.worker.process} on {other.worker.host}) is named "
                    f"'{other.worker.name}' already; wanted one name each. "
                    "Give this one another by --name or SSPCM_WORKER, or end that one first."
                )
            time.sleep(LOOK_AGAIN_S)

    def sign(self) -> bool:
        """Say that it is there, and what it does; whether the store took it. Ends this process if it lost its jobs."""
        began, (doing, since) = time.monotonic(), self.activity.now
        try:
            with self._bare.transaction(durable=False) as tx:
                moment = workers.store_now(tx)
                is_known = workers.beat(tx, self.worker, doing=doing, doing_since=since, now=moment)
                if not self.alone:
                    self._names = [one.worker.name for one in workers.everybody(tx) if one.is_here]
        except (DBAPIError, StoreBusy) as error:
            self._heard_at = None
            log.warning("the store cannot be reached (%s); looking again in %.0f s.", said(error), self.every_s)
            return False
        if not is_known:
            self._end_lost()
        if self._is_gap(moment):
            self._heard_since = time.monotonic()
        self._heard_at = moment
        if not self.alone:
            self.lease.renew(began)
        return True

    def leave(self) -> NoReturn:
        """Leave the word that the end was wanted, and end."""
        try:
            with self._bare.transaction(durable=False) as tx:
                workers.end(tx, self.worker)
        except Exception as error:  # the store may be gone: the end is wanted all the same
            log.warning("the store could not be told that the worker ends (%s).", error)
        os._exit(0)

    def _is_gap(self, moment: datetime) -> bool:
        """Whether the store did not hear this worker up to that moment: it was away, or the machine stood still."""
        return self._heard_at is None or moment - self._heard_at > timedelta(seconds=self.worker.lease_s / 2)

    def _try_to_arrive(self) -> WorkerSeen | None:
        """None once it is there, else the worker that has the name."""
        with self._bare.transaction() as tx:
            workers.lock_jobs(tx)  # nobody gives the jobs of this name away meanwhile
            other = workers.named(tx, self.worker.name)
            if not self.alone and other is not None and other.is_here and not self._has_ended(other.worker):
                return other
            workers.arrive(tx, self.worker)
            workers.forget_old(tx)
        return None

    def _has_ended(self, other: Worker) -> bool:
        """Whether that process has surely ended: another one on this very machine."""
        if other.machine != self.worker.machine:
            return False
        with suppress(psutil.Error):
            process = psutil.Process(other.process)  # the number may be another process's by now
            is_it = float(process.create_time()) <= other.started_at.timestamp() + 1
            return not is_it or process.status() == psutil.STATUS_ZOMBIE
        return True

    def _end_lost(self) -> NoReturn:
        log.error(
            "worker '%s' was not heard of for over %.0f s, or another took its name; others have its jobs, so it ends.",
            self.worker.name,
            self.worker.lease_s,
        )
        os._exit(1)  # whatever it started ends with it
