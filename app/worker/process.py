"""The process that runs rounds and imported models, one at a time: durable steps, taken up again where they stopped."""

import dataclasses
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer
from sqlalchemy.exc import DBAPIError, OperationalError

from app.home.image_files import ImageFiles
from app.home.model_files import ModelFiles
from app.home.settings import Settings
from app.pool.prelabelling import PrelabellingFailed, open_model, prelabel
from app.processes.child import try_lock
from app.processes.job_engine import APPLICATION, PRELABEL_WORKFLOW, QUEUE, VERSION, WORKFLOW, Engine, prepare
from app.processes.sign_of_health import give_sign
from app.processes.worker_state import this_worker
from app.rounds import launching
from db.clock import utc_now
from db.errors import StoreBusy, StoreError
from db.rounds import prelabellings, rounds, workers
from db.rounds.workers import Worker
from db.store.session import Store, migrate, open_store

EXECUTOR = "local"
"""One worker serves a home, always under this name: DBOS gives a restarted worker the jobs of its own name back."""
POLL_S = 0.5
STARTS_A_MODEL = 5
"""How often a model's run is taken up again: one that ends the worker each time must not do so for ever."""
SETTLE_EVERY_S = 10.0
GOODBYE_S = 1.0
"""How long a worker that is told to end may take to say so in the store."""
STORE_MAY_BE_AWAY_S, TRY_AGAIN_AFTER_S = 600.0, 5.0
"""How long a stage waits for a store that does not answer: a restart or an upgrade of the database."""

TOLD = (launching.LearningError, PrelabellingFailed, StoreError)
"""Errors whose words a lead reads with the round."""

log = logging.getLogger(__name__)


class WorkerError(RuntimeError):
    """The worker cannot start; the message says why."""


def run_worker(settings: Settings, *, train_command: Sequence[str] = launching.TRAIN_COMMAND) -> None:
    """Take rounds from the queue until SIGTERM or Ctrl-C. Does not return: the process ends.

    Raises WorkerError if another worker serves this home.
    """
    _claim(settings.home / "worker.lock")
    migrate(settings.database_url)
    prepare(settings)
    store, engine = open_store(settings.database_url), Engine(settings)
    _launch(settings, Rounds(store, settings, train_command), Prelabellings(store, settings))
    worker = this_worker(EXECUTOR, version=VERSION, now=utc_now())
    _end_on_signals(store, worker)
    give_sign()
    log.info("the worker of %s waits for rounds.", settings.home)
    while True:
        settle_if_reachable(store, engine, worker)
        threading.Event().wait(SETTLE_EVERY_S)


def _claim(lock: Path) -> None:
    """Make this process the home's one worker for as long as it lives; the file says which process that is."""
    held = try_lock(lock)
    if held is None:
        raise WorkerError(
            f"another worker (process {lock.read_text().strip()}) serves {lock.parent} already; a home has one. "
            "End that one first, or use another home."
        )
    os.ftruncate(held, 0)
    os.write(held, f"{os.getpid()}\n".encode())


class Rounds:
    """What the worker needs to run any round."""

    def __init__(self, store: Store, settings: Settings, train_command: Sequence[str]) -> None:
        self._store = store
        self._settings = settings
        self._files = ImageFiles(settings.home)
        self._train_command = train_command

    def run(self, number: int, attempt: int) -> None:
        """The durable job: its four steps keep their names and order (see `engine.VERSION`).

        Whatever goes wrong ends as the round's error, in words, before it ends the job.
        """
        try:
            for name, stage in self._stages(number, attempt):
                DBOS.run_step({"name": name}, _in_words, name, stage)
        except OperationalError as error:  # the job engine's own: a stage's errors come in words
            _end_when_reachable(self._store, error)
        except Exception as error:
            with self._store.transaction() as tx:
                rounds.fail(tx, rounds.get(tx, number).id, str(error))
            raise

    def _stages(self, number: int, attempt: int) -> list[tuple[str, Callable[[], None]]]:
        store, settings = self._store, self._settings
        return [
            ("freeze", lambda: launching.freeze_round(store, self._files, settings, number, attempt)),
            (
                "train",
                lambda: launching.train_round(store, settings, number, attempt, command=self._train_command),
            ),
            ("score", lambda: launching.score_round(store, settings, number, attempt)),
            ("publish", lambda: launching.publish_round(store, settings, number, attempt)),
        ]


class Prelabellings:
    """What the worker needs to run any uploaded model over the pool."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._files = ImageFiles(settings.home)
        self._models = ModelFiles(settings.home)

    def run(self, prelabelling_id: int) -> None:
        """The durable job, in one step: it leaves what it predicted before. Its end is told in words, good or bad."""
        try:
            DBOS.run_step({"name": "prelabel"}, _in_words, "prelabel", lambda: self._prelabel(prelabelling_id))
        except OperationalError as error:
            _end_when_reachable(self._store, error)
        except Exception as error:
            with self._store.transaction() as tx:
                prelabellings.fail(tx, prelabelling_id, str(error))
            raise

    def _prelabel(self, prelabelling_id: int) -> None:
        with self._store.reading() as tx:
            record = prelabellings.get(tx, prelabelling_id)
        threads = max(1, (os.cpu_count() or 2) // 2)  # annotators wait for their next image, this does not
        model = open_model(self._models.path(record.sha256), name=record.model, threads=threads)

        def tell(done: int, total: int) -> None:
            with self._store.transaction(durable=False) as tx:
                prelabellings.report_progress(tx, prelabelling_id, done=done, total=total)

        report = prelabel(self._store, self._files, model, progress=tell)
        with self._store.transaction() as tx:
            prelabellings.finish(tx, prelabelling_id, report=dataclasses.asdict(report))


def settle_if_reachable(store: Store, engine: Engine, worker: Worker) -> None:
    """A sign of life and `settle`, unless the store is away just now: that must end no worker, and no training with it.

    The sign comes from this very loop and not from a thread of its own: a worker whose loop hangs gives none.
    """
    try:
        with store.transaction(durable=False) as tx:
            workers.beat(tx, worker)
        settle(store, engine)
    except (DBAPIError, StoreBusy) as error:
        log.warning("the store cannot be reached (%s); looking again in %.0f s.", _said(error), SETTLE_EVERY_S)


def _say_goodbye(store: Store, worker: Worker) -> NoReturn:
    """Leave the word that the end was wanted, and end."""
    try:
        with store.transaction(durable=False) as tx:
            workers.end(tx, worker)
    except Exception as error:  # the store may be gone: the end is wanted all the same
        log.warning("the store could not be told that the worker ends (%s).", error)
    os._exit(0)


def settle(store: Store, engine: Engine) -> None:
    """Bring the active round and its job together again, where one of them was lost.

    A round whose job ended without a word (the job engine gave up on it, or the store was away just then) has failed.
    A round without a job (the engine's tables were replaced) is enqueued again, and finds its finished stages.
    """
    _settle_prelabelling(store, engine)
    with store.reading() as tx:
        newest = rounds.latest(tx, limit=1)
    if not newest or newest[0].state not in ("queued", "running"):
        return
    number, job = newest[0].number, engine.job_state(newest[0].number)
    if job == "active":
        return
    with store.transaction() as tx:
        record = rounds.get(tx, number)
        if record.state not in ("queued", "running"):
            return
        if job == "missing":
            engine.enqueue_round(tx, number)
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


def _launch(settings: Settings, work: Rounds, prelabels: Prelabellings) -> None:
    """Start the job engine in this process: its threads take jobs from now on."""

    def run_round(number: int, attempt: int) -> None:
        work.run(number, attempt)

    def run_prelabelling(prelabelling_id: int) -> None:
        prelabels.run(prelabelling_id)

    DBOS(
        config=DBOSConfig(
            name=APPLICATION,
            system_database_url=settings.database_url,
            application_version=VERSION,
            executor_id=EXECUTOR,
            serializer=DBOSPortableJSONSerializer(),
            log_level="WARNING",
        )
    )
    logging.getLogger("dbos").addFilter(_InWords())
    DBOS.workflow(name=WORKFLOW)(run_round)
    DBOS.workflow(name=PRELABEL_WORKFLOW, max_recovery_attempts=STARTS_A_MODEL)(run_prelabelling)
    DBOS.launch()
    DBOS.register_queue(QUEUE, worker_concurrency=1, polling_interval_sec=POLL_S)


class _InWords(logging.Filter):
    """A job that ended for a reason told to the lead is one line of the log; the engine adds its whole stack."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, TOLD):
            record.msg, record.args, record.exc_info = "a job ended: %s", (error,), None
        return True


def _in_words(name: str, stage: Callable[[], None]) -> None:
    """Run a stage; an error that has no words for a lead yet gets them."""
    try:
        _outlast(name, stage)
    except TOLD:
        raise
    except Exception as error:
        log.exception("stage '%s' stopped", name)
        raise launching.LearningError(
            f"the stage '{name}' stopped on {type(error).__name__}: {_said(error)}; wanted it to end by itself. "
            "The worker's log has the details; launch it again."
        ) from error


def _said(error: Exception) -> object:
    """What a database said; SQLAlchemy's own words are the whole statement."""
    return error.orig if isinstance(error, DBAPIError) else error


def _end_when_reachable(store: Store, error: OperationalError) -> NoReturn:
    """End this process once the store answers again: the next worker takes the job up where it stopped.

    The job engine could not note how far it got, and leaves such a job to a restart; the round would seem to run for
    ever. The supervisor starts the next worker.
    """
    log.error("the job engine could not reach its tables (%s); starting again when it can.", error.orig)
    while not _is_reachable(store):
        time.sleep(TRY_AGAIN_AFTER_S)
    os._exit(1)


def _is_reachable(store: Store) -> bool:
    try:
        with store.reading() as tx:
            rounds.latest(tx, limit=1)
    except DBAPIError:
        return False
    return True


def _outlast(name: str, stage: Callable[[], None]) -> None:
    """Run a stage, again while the store is away: it finds what it did before, and a long training is not lost."""
    deadline = time.monotonic() + STORE_MAY_BE_AWAY_S
    while True:
        try:
            return stage()
        except (OperationalError, StoreBusy) as error:
            if time.monotonic() >= deadline:
                raise
            log.warning("stage '%s' cannot reach the store (%s); trying again.", name, _said(error))
            time.sleep(TRY_AGAIN_AFTER_S)


def _end_on_signals(store: Store, worker: Worker) -> None:
    """End at once when told to: nothing is lost that kill -9 would not lose, and waiting for a running job can hang.

    The trainer's guard notices and ends it. That the worker was told to end is written down where that takes no time:
    by a thread, since the loop that the signal interrupts may be in the middle of its own transaction.
    """

    def end(_number: int, _frame: FrameType | None) -> None:
        threading.Thread(target=_say_goodbye, args=(store, worker), daemon=True).start()
        timer = threading.Timer(GOODBYE_S, os._exit, [0])
        timer.daemon = True
        timer.start()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
