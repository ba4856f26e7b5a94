"""A stage outlasts a store that is away, and fails with a message that says what to do."""

import logging
import os
import time
from collections.abc import Callable
from typing import NoReturn, TypeVar

from sqlalchemy.exc import DBAPIError, OperationalError

from app.home.bucket import BucketAway
from app.rounds import errors
from app.worker.words import TOLD, said
from db.errors import StoreBusy
from db.rounds import rounds
from db.store.session import Store

STORE_MAY_BE_AWAY_S, TRY_AGAIN_AFTER_S = 600.0, 5.0
"""How long a stage waits for a store that does not answer: a restart or an upgrade of the database."""

Done = TypeVar("Done")
log = logging.getLogger(__name__)


def in_words(name: str, stage: Callable[[], None]) -> None:
    """Run a stage; an error that has no words for a lead yet gets them."""
    try:
        outlast(name, stage)
    except TOLD:
        raise
    except Exception as error:
        log.exception("stage '%s' stopped", name)
        raise errors.LearningError(
            f"the stage '{name}' stopped on {type(error).__name__}: {said(error)}; wanted it to end by itself. "
            "The worker's log has the details; launch it again."
        ) from error


def end_when_reachable(store: Store, error: OperationalError) -> NoReturn:
    """End this process once the store answers again: the next worker takes the job up where it stopped.

    The job engine could not note how far it got, and leaves such a job to a restart; the round would seem to run for
    ever. The supervisor starts the next worker.
    """
    log.error("the job engine could not reach its tables (%s); starting again when it can.", error.orig)
    while not _is_reachable(store):
        time.sleep(TRY_AGAIN_AFTER_S)
    os._exit(1)  # in a thread of the engine: an exception would not end the process


def _is_reachable(store: Store) -> bool:
    try:
        with store.reading() as tx:
            rounds.latest(tx, limit=1)
    except DBAPIError:
        return False
    return True


def outlast(name: str, stage: Callable[[], Done]) -> Done:
    """Run a stage, again while the store or the bucket is away: it finds what it did before, and a long training is
    not lost."""
    away_since: float | None = None
    while True:
        began = time.monotonic()
        try:
            return stage()
        except (DBAPIError, StoreBusy, BucketAway) as error:
            now = time.monotonic()
            if away_since is None or now - began > STORE_MAY_BE_AWAY_S:  # a try that long worked meanwhile
                away_since = now
            if not _is_away(error) or now - away_since >= STORE_MAY_BE_AWAY_S:
                raise
            what = "bucket" if isinstance(error, BucketAway) else "store"
            log.warning("stage '%s' cannot reach the %s (%s); trying again.", name, what, said(error))
            time.sleep(TRY_AGAIN_AFTER_S)


def _is_away(error: DBAPIError | StoreBusy | BucketAway) -> bool:
    """Whether it may answer the next time: a store also where it cut off a transaction that stood still."""
    return isinstance(error, OperationalError | StoreBusy | BucketAway) or error.connection_invalidated
