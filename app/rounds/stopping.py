"""A round is stopped, gone on with, or deleted, by a command or from the page."""

import logging
import shutil

from app.home.bucket import BucketAway
from app.home.settings import Settings
from app.home.shared_files import shared_files
from app.processes.job_engine import Engine
from app.processes.worker_state import worker_state
from app.rounds.errors import LearningError
from app.rounds.starting_weights import round_name
from db.records import RoundRecord, UserRecord
from db.rounds import rounds, stopping
from db.store.session import Store
from sspcm.config import RoundConfig

log = logging.getLogger(__name__)


def cancel_round(store: Store, settings: Settings, number: int, *, user: UserRecord) -> RoundRecord:
    """Tell a round to stop; at once where no worker has it, else its worker ends it after the step under way.

    Raises RoundOver once it has ended otherwise, NotFound.
    """
    worker_runs = worker_state(store, settings).stand == "running"
    with store.transaction() as tx:
        return stopping.cancel(tx, number, user=user, worker_runs=worker_runs)


def go_on_with_round(store: Store, engine: Engine, number: int, *, user: UserRecord) -> RoundRecord:
    """Queue a failed or cancelled round again: with its own labels, from its last checkpoint or finished stage.

    Raises RoundOver for any other, RoundActive while another one is not over, NotFound.
    """
    with store.transaction() as tx:
        record = stopping.go_on(tx, number, user=user)
        engine.enqueue_round(tx, number, run=record.run)
    return record


def delete_round(store: Store, settings: Settings, number: int) -> None:
    """Take away a round that annotators never began from: its rows first, then its files.

    Raises RoundOver while it is not over or where it was published, LearningError where a round under way begins from
    its networks or is its twin, NotFound.
    """
    with store.transaction() as tx:
        other = rounds.active(tx)
        if other is not None and RoundConfig.recalled(other.config_toml).model.weights == round_name(number):
            raise LearningError(
                f"round {other.number} begins from the networks of round {number}; wanted it over. Wait, or cancel it."
            )
        if other is not None and other.twin_of == number:
            raise LearningError(
                f"round {other.number} learns as the twin of round {number}; wanted it over. Wait, or cancel it."
            )
        stopping.forget(tx, number)
    shutil.rmtree(settings.rounds_dir / f"{number:04d}", ignore_errors=True)  # without rows nobody looks for them
    shared = shared_files(settings.home)
    try:
        shared.forget(shared.names(f"{settings.rounds_dir.name}/{number:04d}"))
    except BucketAway as error:
        log.warning("round %d is gone, and its files stay in the bucket: %s", number, error)
