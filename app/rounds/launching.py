"""A round is launched, by a command or from the page."""

import logging

from app.processes.job_engine import Engine
from app.rounds.errors import LearningError
from app.rounds.starting_weights import require_named
from db.pool import counts
from db.records import (
    RoundRecord,
    UserRecord,
)
from db.rounds import rounds
from db.store.session import Store
from sspcm.config import RoundConfig

log = logging.getLogger(__name__)


NO_LABEL = "no person is labelled yet; a round learns from labels. Label at least one person first."
MOST_SEEN = 50_000_000
"""Persons in all steps of a round: two hundred times the preset "standard". A home runs one round at a time, so one
that takes months would keep all others out; `sspcm train` takes forty times as many."""


def require_reasonable(config: RoundConfig) -> None:
    """Raises LearningError for more steps than a home should wait for."""
    train = config.train
    most = MOST_SEEN // (train.labelled_batch + train.unlabelled_batch)
    if train.steps > most:
        raise LearningError(
            f"train.steps is {train.steps:,}; a round in a home may have at most {most:,} steps of these batches "
            f"({train.labelled_batch} + {train.unlabelled_batch} people). Lower it, or train by `sspcm train`."
        )


def launch_round(store: Store, engine: Engine, *, config: RoundConfig, user: UserRecord) -> RoundRecord:
    """A new round, queued for the worker: its row and its job, together or not at all.

    Raises RoundActive while another one is, LearningError without a labelled person or for a training without end.
    """
    require_reasonable(config)
    with store.transaction() as tx:  # the engine's tables lie in the same database: one commit for both
        if counts.count(tx).persons_accepted == 0:
            raise LearningError(NO_LABEL)
        record = rounds.create(tx, config_toml=config.to_toml(), user=user)
        engine.enqueue_round(tx, record.number)
    return record


def launch_from_page(store: Store, engine: Engine, *, config: RoundConfig, user: UserRecord) -> RoundRecord:
    """The same for somebody who may name weights but no paths. Raises ConfigError as well."""
    require_named(config, engine.home)
    return launch_round(store, engine, config=config, user=user)
