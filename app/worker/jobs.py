"""The jobs that the engine calls: the stages of a round, a pre-labelling, and a simulation."""

import dataclasses
import logging
import os
from collections.abc import Callable, Sequence

from dbos import DBOS
from sqlalchemy.exc import OperationalError

from app.home.image_files import ImageFiles
from app.home.logs import ROUND
from app.home.model_files import ModelFiles
from app.home.settings import Settings
from app.pool.prelabelling import open_model, prelabel
from app.rounds import freezing, pruning, publishing, scoring, starts, training
from app.rounds.sharing import Sharing
from app.rounds.taking import take_round
from app.simulation import running
from app.simulation.folder import Phase, SimulationLost, read
from app.worker.patience import end_when_reachable, in_words, outlast
from app.worker.presence import Presence
from db.errors import RoundLost, WorkerLost
from db.records import RoundRecord
from db.rounds import prelabellings, rounds

log = logging.getLogger(__name__)


class Rounds:
    """What the worker needs to run any round."""

    def __init__(self, presence: Presence, settings: Settings, train_command: Sequence[str]) -> None:
        self._presence = presence
        self._store = presence.store_of_rounds
        self._settings = settings
        self._files = ImageFiles(settings.home)
        self._train_command = train_command

    def run(self, number: int, run: int = 1) -> None:
        """The durable job: its four steps keep their names and order (see `engine.VERSION`).

        Whatever goes wrong ends as the round's error, in words, before it ends the job. A round that was told to stop
        stops. The job of an earlier run, or of a round that is over, does nothing; nor does a worker that lost it.
        """
        ROUND.set(number)
        try:
            worker = self._presence.worker
            record = outlast("take", lambda: take_round(self._store, self._settings, number, run, worker))
            if record is None:
                log.info("round %d is over, or was begun anew since: this job of it has nothing to do.", number)
                return
            for name, stage in self._stages(record):
                with self._presence.activity.of(f"round {number}, {name}"):
                    DBOS.run_step({"name": name}, in_words, name, stage)
            self._prune(record)
        except OperationalError as error:  # the job engine's own: a stage's errors come in words
            end_when_reachable(self._store, error)
        except (RoundLost, WorkerLost):  # whoever has it now tells how it ends
            raise
        except Exception as error:
            with self._store.transaction() as tx:
                record = rounds.get(tx, number)
                if record.run != run:
                    return
                rounds.fail(tx, record.id, str(error))
                if rounds.get(tx, number).state == "cancelled":
                    return
            raise

    def _prune(self, record: RoundRecord) -> None:
        """What earlier rounds leave behind. The round is over: nothing of this may end as its error."""
        try:
            pruning.lighten_earlier_attempts(self._settings, record.number, record.attempt)
            pruning.prune_rounds(self._store, self._settings)
            pruning.forget_copies(self._store, self._settings, record.number)
        except Exception:
            log.exception("earlier rounds could not be pruned; the next round tries again")

    def _stages(self, record: RoundRecord) -> list[tuple[str, Callable[[], None]]]:
        store, settings, number, attempt = self._store, self._settings, record.number, record.attempt
        # one that is only to end may be another machine's still
        sharing = Sharing(settings, number, attempt, is_held=record.state != "cancelling")

        def train() -> None:
            sharing.fetch_wanted()
            training.train_round(
                store, settings, number, attempt, command=self._train_command, lease=self._presence.lease
            )

        stages: list[tuple[str, Callable[[], None]]] = [
            ("freeze", lambda: freezing.freeze_round(store, self._files, settings, number, attempt)),
            ("train", train),
            ("score", lambda: scoring.score_round(store, settings, number, attempt)),
            ("publish", lambda: publishing.publish_round(store, settings, number, attempt)),
        ]
        return [(name, sharing.during(stage)) for name, stage in stages]


class Prelabellings:
    """What the worker needs to run any uploaded model over the pool."""

    def __init__(self, presence: Presence, settings: Settings) -> None:
        self._presence = presence
        self._store = presence.store
        self._files = ImageFiles(settings.home)
        self._models = ModelFiles(settings.home)

    def run(self, prelabelling_id: int) -> None:
        """The durable job, in one step: it leaves what it predicted before. Its end is told in words, good or bad."""
        try:
            with self._presence.activity.of("a model's run over the pool"):
                DBOS.run_step({"name": "prelabel"}, in_words, "prelabel", lambda: self._prelabel(prelabelling_id))
        except OperationalError as error:
            end_when_reachable(self._store, error)
        except WorkerLost:
            raise
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
        starts.choose_again(self._store)
        with self._store.transaction() as tx:
            prelabellings.finish(tx, prelabelling_id, report=dataclasses.asdict(report))


class Simulations:
    """What the worker needs to say what a simulation costs, and to run it."""

    def __init__(self, presence: Presence, settings: Settings, command: Sequence[str]) -> None:
        self._presence = presence
        self._store = presence.store
        self._settings = settings
        self._command = command

    def run(self, number: int, phase: Phase) -> None:
        """The durable job, in one step: it goes on where it stopped. Its end is told in words, good or bad."""
        worker = self._presence.worker

        def work() -> None:
            with self._store.transaction():  # once others have its jobs it begins none
                pass
            running.work_on(
                self._store, self._settings, number, phase,
                command=self._command, lease=self._presence.lease, worker=worker,
            )  # fmt: skip

        try:
            with self._presence.activity.of(f"simulation {number}, {phase}"):
                DBOS.run_step({"name": phase}, in_words, f"simulation, {phase}", work)
        except OperationalError as error:
            end_when_reachable(self._store, error)
        except (SimulationLost, WorkerLost):  # whoever has it now tells how it ends
            raise
        except Exception as error:
            job = read(self._settings.home, number)
            if job.holder in (None, worker.token):
                running.fail(self._settings.home, job, str(error))
            raise
