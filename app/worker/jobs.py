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
from app.simulation import running
from app.simulation.folder import Phase
from app.worker.patience import end_when_reachable, in_words
from db.rounds import prelabellings, rounds
from db.store.session import Store

log = logging.getLogger(__name__)


class Rounds:
    """What the worker needs to run any round."""

    def __init__(self, store: Store, settings: Settings, train_command: Sequence[str]) -> None:
        self._store = store
        self._settings = settings
        self._files = ImageFiles(settings.home)
        self._train_command = train_command

    def run(self, number: int, attempt: int, run: int = 1) -> None:
        """The durable job: its four steps keep their names and order (see `engine.VERSION`).

        Whatever goes wrong ends as the round's error, in words, before it ends the job. A round that was told to stop
        stops. The job of an earlier run, or of a round that is over, does nothing.
        """
        ROUND.set(number)
        try:
            if not self._is_due(number, run):
                return
            for name, stage in self._stages(number, attempt):
                DBOS.run_step({"name": name}, in_words, name, stage)
            self._prune()
        except OperationalError as error:  # the job engine's own: a stage's errors come in words
            end_when_reachable(self._store, error)
        except Exception as error:
            with self._store.transaction() as tx:
                record = rounds.get(tx, number)
                if record.run != run:
                    return
                rounds.fail(tx, record.id, str(error))
                if rounds.get(tx, number).state == "cancelled":
                    return
            raise

    def _prune(self) -> None:
        """What earlier rounds leave behind. The round is over: nothing of this may end as its error."""
        try:
            pruning.prune_rounds(self._store, self._settings)
        except Exception:
            log.exception("earlier rounds could not be pruned; the next round tries again")

    def _is_due(self, number: int, run: int) -> bool:
        """Whether this job still has a round to run."""
        with self._store.reading() as tx:
            found = [one for one in [rounds.active(tx)] if one is not None and (one.number, one.run) == (number, run)]
        if not found:
            log.info("round %d is over, or was begun anew since: this job of it has nothing to do.", number)
        return bool(found)

    def _stages(self, number: int, attempt: int) -> list[tuple[str, Callable[[], None]]]:
        store, settings = self._store, self._settings
        return [
            ("freeze", lambda: freezing.freeze_round(store, self._files, settings, number, attempt)),
            (
                "train",
                lambda: training.train_round(store, settings, number, attempt, command=self._train_command),
            ),
            ("score", lambda: scoring.score_round(store, settings, number, attempt)),
            ("publish", lambda: publishing.publish_round(store, settings, number, attempt)),
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
            DBOS.run_step({"name": "prelabel"}, in_words, "prelabel", lambda: self._prelabel(prelabelling_id))
        except OperationalError as error:
            end_when_reachable(self._store, error)
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

    def __init__(self, store: Store, settings: Settings, command: Sequence[str]) -> None:
        self._store = store
        self._settings = settings
        self._command = command

    def run(self, number: int, phase: Phase) -> None:
        """The durable job, in one step: it goes on where it stopped. Its end is told in words, good or bad."""

        def work() -> None:
            running.work_on(self._store, self._settings, number, phase, command=self._command)

        try:
            DBOS.run_step({"name": phase}, in_words, f"simulation, {phase}", work)
        except OperationalError as error:
            end_when_reachable(self._store, error)
        except Exception as error:
            running.fail(self._settings.home, number, str(error))
            raise
