"""The process that runs rounds, imported models and simulations, one at a time: durable, taken up again."""

import logging
import os
import signal
import threading
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer

from app.home.settings import Settings
from app.processes.child import try_lock
from app.processes.job_engine import (
    APPLICATION,
    PRELABEL_WORKFLOW,
    QUEUE,
    SIMULATION_WORKFLOW,
    VERSION,
    WORKFLOW,
    Engine,
    prepare,
)
from app.processes.sign_of_health import give_sign
from app.processes.worker_state import this_worker
from app.rounds import training
from app.rounds.starts import choose_if_never
from app.simulation import running
from app.simulation.folder import Phase
from app.worker.deciding import Deciding
from app.worker.jobs import Prelabellings, Rounds, Simulations
from app.worker.settling import SETTLE_EVERY_S, settle_if_reachable
from app.worker.teaching import Teaching
from app.worker.words import InWords
from db.clock import utc_now
from db.rounds import workers
from db.rounds.workers import Worker
from db.store.session import Store, migrate, open_store

EXECUTOR = "local"
"""One worker serves a home, always under this name: DBOS gives a restarted worker the jobs of its own name back."""
POLL_S = 0.5
STARTS_A_MODEL = 5
"""How often a model's run is taken up again: one that ends the worker each time must not do so for ever."""
FAULT_PAUSE_S = 60.0
GOODBYE_S = 1.0
"""How long a worker that is told to end may take to say so in the store."""
log = logging.getLogger(__name__)


class WorkerError(RuntimeError):
    """The worker cannot start; the message says why."""


def run_worker(
    settings: Settings,
    *,
    train_command: Sequence[str] = training.TRAIN_COMMAND,
    simulate_command: Sequence[str] = running.SIMULATE_COMMAND,
) -> None:
    """Take rounds from the queue until SIGTERM or Ctrl-C. Does not return: the process ends.

    Raises WorkerError if another worker serves this home.
    """
    _claim(settings.home / "worker.lock")  # before the store is touched
    migrate(settings.database_url)
    prepare(settings)
    store, engine = open_store(settings.database_url), Engine(settings)
    choose_if_never(store)
    _launch(
        settings,
        Rounds(store, settings, train_command),
        Prelabellings(store, settings),
        Simulations(store, settings, simulate_command),
    )
    worker = this_worker(EXECUTOR, version=VERSION, now=utc_now())
    _end_on_signals(store, worker)
    give_sign()  # only now: everything that can fail at a start is behind it
    log.info("the worker of %s waits for rounds.", settings.home)
    threading.Thread(target=_follow_labels, args=(Teaching(store), Deciding(store, settings)), daemon=True).start()
    while True:
        settle_if_reachable(store, engine, worker)
        threading.Event().wait(SETTLE_EVERY_S)


def _follow_labels(teaching: Teaching, deciding: Deciding) -> NoReturn:
    """What labels teach and decide between rounds, beside the loop that gives the worker's sign of life: ordering a
    large pool takes longer than a sign may be late, and a fault in it must end no round."""
    while True:
        for one in (teaching, deciding):
            try:
                one.again_if_due()
            except Exception:
                log.exception("what labels teach and decide stays as it was; looking again in %.0f s", FAULT_PAUSE_S)
                threading.Event().wait(FAULT_PAUSE_S)
        threading.Event().wait(SETTLE_EVERY_S)


def _claim(lock: Path) -> None:
    """Make this process the home's one worker for as long as it lives; the file says which process that is."""
    held = try_lock(lock)
    if held is None:
        raise WorkerError(
            f"another worker (process {lock.read_text().strip()}) serves {lock.parent} already; a home has one. "
            "End that one first, or use another home."
        )
    os.ftruncate(held, 0)  # only by the holder: until then it names the worker before
    os.write(held, f"{os.getpid()}\n".encode())


def _say_goodbye(store: Store, worker: Worker) -> NoReturn:
    """Leave the word that the end was wanted, and end."""
    try:
        with store.transaction(durable=False) as tx:
            workers.end(tx, worker)
    except Exception as error:  # the store may be gone: the end is wanted all the same
        log.warning("the store could not be told that the worker ends (%s).", error)
    os._exit(0)


def _launch(settings: Settings, work: Rounds, prelabels: Prelabellings, simulations: Simulations) -> None:
    """Start the job engine in this process: its threads take jobs from now on."""

    def run_round(number: int, attempt: int, run: int = 1) -> None:
        work.run(number, attempt, run)

    def run_prelabelling(prelabelling_id: int) -> None:
        prelabels.run(prelabelling_id)

    def run_simulation(number: int, phase: Phase) -> None:
        simulations.run(number, phase)

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
    logging.getLogger("dbos").addFilter(InWords())
    DBOS.workflow(name=WORKFLOW)(run_round)
    DBOS.workflow(name=PRELABEL_WORKFLOW, max_recovery_attempts=STARTS_A_MODEL)(run_prelabelling)
    DBOS.workflow(name=SIMULATION_WORKFLOW)(run_simulation)
    DBOS.launch()
    DBOS.register_queue(QUEUE, worker_concurrency=1, polling_interval_sec=POLL_S)


def _end_on_signals(store: Store, worker: Worker) -> None:
    """End at once when told to: nothing is lost that kill -9 would not lose, and waiting for a running job can hang.

    The trainer's guard notices and ends it. That the worker was told to end is written down where that takes no time:
    by a thread, since the loop that the signal interrupts may be in the middle of its own transaction.
    """

    def end(_number: int, _frame: FrameType | None) -> None:
        threading.Thread(target=_say_goodbye, args=(store, worker), daemon=True).start()
        timer = threading.Timer(GOODBYE_S, os._exit, [0])  # a store that hangs must not hold the end up
        timer.daemon = True
        timer.start()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
