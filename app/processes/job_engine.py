"""The port to the job engine: rounds are enqueued here and picked up by the worker.

DBOS keeps its own tables beside ours in the same database. What it knows is disposable: a round's row, its files and
what the store holds are enough to enqueue it again. Only this module and `app.worker` know DBOS.
"""

import logging
import secrets
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from typing import Literal

from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer, EnqueueOptions
from sqlalchemy import make_url
from sqlalchemy.orm import Session

from app.home.settings import Settings

APPLICATION = "sspcm"
VERSION = "rounds-1"
"""Which order of steps a job was made for. Changes only when the steps of a round do: DBOS's own default is a hash that
every upgrade changes, and a worker never takes up jobs of another version. It makes them anew instead, once no worker
of theirs is there (`app.worker.takeover`)."""
QUEUE = "rounds"
"""One for rounds, pre-labellings, simulations and help: a worker takes one job at a time from it."""
WORKFLOW = "run_round"
PRELABEL_WORKFLOW = "run_prelabelling"
SIMULATION_WORKFLOW = "run_simulation"
HELP_WORKFLOW = "help_round"
ORDINARY = 100
"""Lower numbers start sooner, and DBOS lets a job without a priority start before all others: so every job has one."""
LAST = 200
"""Of help, which gives way to every other job."""

JobState = Literal["missing", "active", "ended"]
_ACTIVE = ("ENQUEUED", "DELAYED", "PENDING")


def prepare(settings: Settings) -> None:
    """Create or upgrade the job engine's tables in the store's database. Doing it twice changes nothing."""
    quiet_the_engine()
    url = make_url(settings.database_url)
    if url.drivername.startswith("sqlite") and url.database:
        # DBOS leaves SQLite in its default journal, where a writer blocks every reader; WAL stays set in the file.
        with closing(sqlite3.connect(url.database, timeout=30)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
    DBOS.migrate(settings.database_url)


def quiet_the_engine() -> None:
    """Keep DBOS's progress messages out of the log; its warnings and errors stay."""
    logging.getLogger("dbos").setLevel(logging.WARNING)


def job_id(number: int, attempt: int = 1, run: int = 1) -> str:
    """The name of one attempt at one round in the job engine; run: how often that was begun."""
    return f"round-{number:04d}-attempt-{attempt}" + (f"-run-{run}" if run > 1 else "")


def prelabelling_job_id(prelabelling_id: int) -> str:
    """The name of one model's run over the pool in the job engine."""
    return f"prelabelling-{prelabelling_id:04d}"


def simulation_job_id(number: int, phase: str) -> str:
    """The name of one phase of one simulation in the job engine."""
    return f"simulation-{number:04d}-{phase}"


def help_job_id(number: int, attempt: int, worker: str) -> str:
    """A name for one worker's help with one attempt at a round; another one each time."""
    return f"round-{number:04d}-attempt-{attempt}-help-{worker}-{secrets.token_hex(4)}"


class Engine:
    """Enqueues rounds and tells where their jobs stand. Runs none: that is the worker's work.

    Needs the tables that `prepare` makes. Keeps a small connection pool of its own until `close`.
    """

    def __init__(self, settings: Settings) -> None:
        quiet_the_engine()
        self.home = settings.home
        self._client = DBOSClient(
            system_database_url=settings.database_url,
            application_name=APPLICATION,
            serializer=DBOSPortableJSONSerializer(),  # the default is pickle: writing a row would be running code
        )

    def enqueue_round(self, tx: Session, number: int, attempt: int = 1, run: int = 1) -> None:
        """Hand the round to the worker, within the caller's transaction: committed or rolled back together.

        `tx` must be a session of the store. Enqueuing the same run twice is enqueuing it once.
        """
        options = _options(WORKFLOW, job_id(number, attempt, run))
        more = [run] if run > 1 else []  # a worker of an earlier version takes a first run as well
        self._client.enqueue_in_transaction(tx.connection(), options, number, attempt, *more)

    def enqueue_prelabelling(self, tx: Session, prelabelling_id: int) -> None:
        """Hand a model's run over the pool to the worker, as `enqueue_round` does a round."""
        options = _options(PRELABEL_WORKFLOW, prelabelling_job_id(prelabelling_id))
        self._client.enqueue_in_transaction(tx.connection(), options, prelabelling_id)

    def enqueue_simulation(self, tx: Session, number: int, phase: str) -> None:
        """Hand a phase of a simulation to the worker, as `enqueue_round` does a round."""
        options = _options(SIMULATION_WORKFLOW, simulation_job_id(number, phase))
        self._client.enqueue_in_transaction(tx.connection(), options, number, phase)

    def enqueue_help(self, tx: Session, number: int, attempt: int, worker: str) -> str:
        """Whichever worker is free is to score shards of a round beside the worker that has it; the job's name."""
        job = help_job_id(number, attempt, worker)
        options = _options(HELP_WORKFLOW, job, priority=LAST)
        self._client.enqueue_in_transaction(tx.connection(), options, number, attempt)
        return job

    def help_state(self, job: str) -> JobState:
        """The same as `job_state` of such a job."""
        return self._state(job)

    def others_wait(self) -> bool:
        """Whether a job other than help waits for a worker."""
        found = self._client.list_workflows(
            status="ENQUEUED",
            app_version=VERSION,
            queue_name=QUEUE,
            name=[WORKFLOW, PRELABEL_WORKFLOW, SIMULATION_WORKFLOW],
            load_input=False,
            load_output=False,
            limit=1,
        )
        return bool(found)

    def job_state(self, number: int, attempt: int = 1, run: int = 1) -> JobState:
        """Whether the engine still means to run this round's job, has ended it, or has never heard of it."""
        return self._state(job_id(number, attempt, run))

    def prelabelling_state(self, prelabelling_id: int) -> JobState:
        """The same of a model's run over the pool."""
        return self._state(prelabelling_job_id(prelabelling_id))

    def simulation_state(self, number: int, phase: str) -> JobState:
        """The same of a phase of a simulation."""
        return self._state(simulation_job_id(number, phase))

    def _state(self, workflow_id: str) -> JobState:
        found = self._client.list_workflows(workflow_ids=[workflow_id], load_input=False, load_output=False, limit=1)
        if not found:
            return "missing"
        return "active" if found[0].status in _ACTIVE else "ended"

    def held_by_others(self, names: Sequence[str]) -> list[str]:
        """The jobs under way of workers by other names than these."""
        found = self._client.list_workflows(
            status="PENDING", app_version=VERSION, queue_name=QUEUE, load_input=False, load_output=False
        )
        return [one.workflow_id for one in found if one.executor_id not in names]

    def queue_again(self, job: str) -> None:
        """Give a job back to the queue: whoever had it cannot note any more how far it got."""
        self._client.resume_workflow(job, queue_name=QUEUE)

    def of_other_versions(self) -> dict[str, str]:
        """The jobs that are not over and that workers of this version never take, each with its version."""
        found = self._client.list_workflows(status=list(_ACTIVE), queue_name=QUEUE, load_input=False, load_output=False)
        return {one.workflow_id: str(one.app_version) for one in found if one.app_version != VERSION}

    def forget(self, job: str) -> None:
        """A job as if it had never been enqueued: who still runs it cannot note how it ends."""
        self._client.delete_workflow(job)

    def close(self) -> None:
        """Let every connection go."""
        self._client.destroy()


def _options(workflow: str, workflow_id: str, *, priority: int = ORDINARY) -> EnqueueOptions:
    return EnqueueOptions(
        workflow_name=workflow,
        queue_name=QUEUE,
        workflow_id=workflow_id,
        app_version=VERSION,
        priority=priority,
    )
