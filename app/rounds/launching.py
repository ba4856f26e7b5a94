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


def launch_round(store: Store, engine: Engine, *, config: RoundConfig, user: UserRecord) -> RoundRecord:
    """A new round, queued for the worker: its row and its job, together or not at all.

    Raises RoundActive while another one is, LearningError without a labelled person.
    """
    with store.transaction() as tx:  # the engine's tables lie in the same database: one commit for both
        if counts.count(tx).persons_accepted == 0:
            raise LearningError(
                "no person is labelled yet; a round learns from labels. Label at least one person first."
            )
        record = rounds.create(tx, config_toml=config.to_toml(), user=user)
        engine.enqueue_round(tx, record.number)
    return record


def launch_from_page(store: Store, engine: Engine, *, config: RoundConfig, user: UserRecord) -> RoundRecord:
    """The same for somebody who may name weights but no paths. Raises ConfigError as well."""
    require_named(config, engine.home)
    return launch_round(store, engine, config=config, user=user)
