"""A worker that is free asks to help with the round that another one scores."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NoReturn

from dbos import DBOS
from sqlalchemy.exc import DBAPIError, OperationalError

from app.home.bucket import BucketAway
from app.home.logs import ROUND
from app.home.settings import Settings
from app.processes.job_engine import Engine
from app.rounds.errors import LearningError
from app.rounds.helping import help_round, round_to_help
from app.worker.patience import end_when_reachable
from app.worker.presence import Presence
from app.worker.words import said
from db.errors import StoreBusy, WorkerLost

LOOK_EVERY_S, FAULT_PAUSE_S = 2.0, 60.0
TRIES = 3
"""How often this process begins to help with one attempt at a round and fails: its machine may see no images."""

log = logging.getLogger(__name__)


class Helping:
    """This worker as a helping one: `ask` puts a job into the queue, which `run` does."""

    def __init__(self, presence: Presence, settings: Settings, engine: Engine, command: Sequence[str]) -> None:
        self._presence, self._settings, self._engine, self._command = presence, settings, engine, command
        self._asked: str | None = None
        self._failed = Counter[tuple[int, int]]()

    def look_for_ever(self) -> NoReturn:
        """Ask for a job whenever there is something to help with. A store or a bucket that is away is asked the
        next time."""
        while True:
            try:
                self.ask()
            except WorkerLost as error:
                log.warning("%s", error)
            except (DBAPIError, StoreBusy, BucketAway, OSError) as error:
                log.warning("help cannot be offered for now (%s).", said(error))
            except Exception:
                log.exception("help cannot be offered for now; looking again in %.0f s", FAULT_PAUSE_S)
                time.sleep(FAULT_PAUSE_S)
            time.sleep(LOOK_EVERY_S)

    def ask(self) -> None:
        """Where this worker is free, a round is scored elsewhere, and no earlier job of this kind waits or runs."""
        if self._presence.activity.now[0] is not None:
            return
        found = round_to_help(self._presence.store, self._settings)
        if found is None or self._failed[found.number, found.attempt] >= TRIES:
            return
        if self._asked is not None and self._engine.help_state(self._asked) == "active":
            return
        with self._presence.store.transaction() as tx:
            name = self._presence.worker.name
            self._asked = self._engine.enqueue_help(tx, found.number, found.attempt, name)

    def run(self, number: int, attempt: int) -> None:
        """The durable job, in one step. That help fails is told in the log alone: the round goes on without."""
        ROUND.set(number)
        try:
            with self._presence.activity.of(f"scores round {number}") as say:
                DBOS.run_step({"name": "help"}, self._help, number, attempt, say)
        except OperationalError as error:
            end_when_reachable(self._presence.store, error)
        except WorkerLost:
            raise
        except Exception as error:
            if not isinstance(error, BucketAway):  # which comes back
                self._failed[number, attempt] += 1
            log.warning("round %d is scored without this worker's help: %s", number, said(error))

    def _help(self, number: int, attempt: int, say: Callable[[str], None]) -> None:
        """Raises LearningError, BucketAway, WorkerLost."""
        try:
            help_round(
                self._presence.store,
                self._settings,
                number,
                attempt,
                say=say,
                others_wait=self._engine.others_wait,
                command=self._command,
                lease=self._presence.lease,
            )
        except (DBAPIError, StoreBusy) as error:  # else it would look as if the job engine could not reach its tables
            raise LearningError(f"the store cannot be reached ({said(error)}).") from error
