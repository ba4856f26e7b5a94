"""The process that runs rounds, imported models and simulations, one at a time: durable, taken up again."""

import logging
import os
import signal
import threading
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer

from app.deletion.files import sweep
from app.home.settings import Settings
from app.processes.child import try_lock
from app.processes.job_engine import (
    APPLICATION,
    HELP_WORKFLOW,
    PRELABEL_WORKFLOW,
    QUEUE,
    SIMULATION_WORKFLOW,
    VERSION,
    WORKFLOW,
    Engine,
    prepare,
)
from app.processes.sign_of_health import give_sign
from app.processes.this_worker import serves_alone, this_worker, worker_name
from app.rounds import helping, training
from app.rounds.starts import choose_if_never
from app.simulation import running
from app.simulation.folder import Phase
from app.worker.checking import Checking
from app.worker.deciding import Deciding
from app.worker.following import Following
from app.worker.helping import FAULT_PAUSE_S, Helping
from app.worker.jobs import Prelabellings, Rounds, Simulations
from app.worker.presence import GOODBYE_S, NameInUse, Presence
from app.worker.settling import SettlingSimulations, settle_if_reachable
from app.worker.teaching import Teaching
from app.worker.words import InWords
from db.clock import utc_now
from db.rounds.workers import Worker
from db.store.session import migrate, open_store

POLL_S = 0.5
STARTS_A_MODEL = 5
"""How often a model's run is taken up again: one that ends the worker each time must not do so for ever."""
FOLLOW_EVERY_S = 10.0
log = logging.getLogger(__name__)


class WorkerError(RuntimeError):
    """The worker cannot start; the message says why."""


def run_worker(
    settings: Settings,
    *,
    train_command: Sequence[str] = training.TRAIN_COMMAND,
    simulate_command: Sequence[str] = running.SIMULATE_COMMAND,
    score_command: Sequence[str] = helping.SCORE_COMMAND,
) -> None:
    """Take rounds from the queue until SIGTERM or Ctrl-C. Does not return: the process ends.

    Raises WorkerError if another worker serves this home whose store is a file, or has this one's name.
    """
    alone = serves_alone(settings)
    if alone:
        _claim(settings)  # before the store is touched
    migrate(settings.database_url, copies=settings.home)
    prepare(settings)
    store, engine = open_store(settings.database_url), Engine(settings)
    worker = this_worker(worker_name(settings), version=VERSION, now=utc_now(), settings=settings)
    presence = Presence(store, worker, alone=alone)
    _end_on_signals(presence)
    try:
        presence.arrive()
    except NameInUse as error:
        raise WorkerError(str(error)) from error
    presence.sign()
    choose_if_never(presence.store)
    sweep(presence.store, settings)
    helps = Helping(presence, settings, engine, score_command)
    _launch(
        settings,
        worker,
        Rounds(presence, settings, train_command),
        Prelabellings(presence, settings),
        Simulations(presence, settings, simulate_command),
        helps,
    )
    give_sign()  # only now: everything that can fail at a start is behind it
    log.info("the worker '%s' of %s waits for rounds.", worker.name, settings.home)
    following = (
        SettlingSimulations(presence.store, engine),
        Teaching(presence.store),
        Deciding(presence.store, settings),
        Checking(presence.store),
    )
    threading.Thread(target=_follow_labels, args=(presence, following), daemon=True).start()
    if not alone:
        threading.Thread(target=helps.look_for_ever, daemon=True).start()
    while True:
        presence.activity.changed.clear()
        settle_if_reachable(presence.store, engine, presence)
        presence.activity.changed.wait(presence.every_s)


def _follow_labels(presence: Presence, followers: Sequence[Following]) -> NoReturn:
    """What labels teach and decide between rounds, beside the loop that gives the worker's sign of life: ordering a
    large pool takes longer than a sign may be late, and a fault in it must end no round. One of all workers does it."""
    while True:
        for one in followers if presence.is_first else ():
            try:
                one.again_if_due()
            except Exception:
                log.exception("what labels teach and decide stays as it was; looking again in %.0f s", FAULT_PAUSE_S)
                threading.Event().wait(FAULT_PAUSE_S)
        threading.Event().wait(FOLLOW_EVERY_S)


def _claim(settings: Settings) -> None:
    """Make this process the home's one worker for as long as it lives; the file says which process that is."""
    if settings.worker:
        raise WorkerError(
            f"the worker is to be named '{settings.worker}', and the store is a file, which one worker serves under no "
            "name. Leave --name and SSPCM_WORKER out, or give all workers a PostgreSQL by DATABASE_URL."
        )
    lock = settings.home / "worker.lock"
    held = try_lock(lock)
    if held is None:
        raise WorkerError(
            f"another worker (process {lock.read_text().strip()}) serves {lock.parent} already; a home has one. "
            "End that one first, or use another home; several workers share a PostgreSQL (docs/rounds.md)."
        )
    os.ftruncate(held, 0)  # only by the holder: until then it names the worker before
    os.write(held, f"{os.getpid()}\n".encode())


def _launch(
    settings: Settings,
    worker: Worker,
    work: Rounds,
    prelabels: Prelabellings,
    simulations: Simulations,
    helps: Helping,
) -> None:
    """Start the job engine in this process: its threads take jobs from now on."""

    def run_round(number: int, _attempt: int, run: int = 1) -> None:
        work.run(number, run)  # the store tells which attempt counts

    def run_prelabelling(prelabelling_id: int) -> None:
        prelabels.run(prelabelling_id)

    def run_simulation(number: int, phase: Phase) -> None:
        simulations.run(number, phase)

    def run_help(number: int, attempt: int) -> None:
        helps.run(number, attempt)

    DBOS(
        config=DBOSConfig(
            name=APPLICATION,
            system_database_url=settings.database_url,
            application_version=VERSION,
            executor_id=worker.name,
            sys_db_idle_transaction_timeout_sec=worker.lease_s / 2,  # one that stands still holds no others up
            serializer=DBOSPortableJSONSerializer(),
            log_level="WARNING",
        )
    )
    logging.getLogger("dbos").addFilter(InWords())
    DBOS.workflow(name=WORKFLOW)(run_round)
    DBOS.workflow(name=PRELABEL_WORKFLOW, max_recovery_attempts=STARTS_A_MODEL)(run_prelabelling)
    DBOS.workflow(name=SIMULATION_WORKFLOW)(run_simulation)
    DBOS.workflow(name=HELP_WORKFLOW)(run_help)
    DBOS.launch()
    DBOS.register_queue(QUEUE, worker_concurrency=1, polling_interval_sec=POLL_S)


def _end_on_signals(presence: Presence) -> None:
    """End at once when told to: nothing is lost that kill -9 would not lose, and waiting for a running job can hang.

    The trainer's guard notices and ends it. That the worker was told to end is written down where that takes no time:
    by a thread, since the loop that the signal interrupts may be in the middle of its own transaction.
    """

    def end(_number: int, _frame: FrameType | None) -> None:
        threading.Thread(target=presence.leave, daemon=True).start()
        timer = threading.Timer(GOODBYE_S, os._exit, [0])  # a store that hangs must not hold the end up
        timer.daemon = True
        timer.start()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
