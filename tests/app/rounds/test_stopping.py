"""A lead stops a round, goes on with it, deletes it: a click where a wrong setting cost a night."""

from dataclasses import replace

import pytest

from app.processes.job_engine import Engine, prepare
from app.rounds.errors import LearningError
from app.rounds.starting_weights import round_name
from app.rounds.stopping import cancel_round, delete_round, go_on_with_round
from db.clock import utc_now
from db.errors import NotFound
from db.rounds import rounds
from sspcm.config import ModelConfig, RoundConfig
from tests.app.rounds.round_home import Home


def cancel(home: Home) -> str:
    return cancel_round(home.store, home.settings, 1, user=home.lead).state


def test_without_a_worker_a_round_stops_at_once_and_is_queued_again_as_another_job(home: Home) -> None:
    home.add("a.jpg", home.labelled())
    home.freeze()
    prepare(home.settings)
    engine = Engine(home.settings)
    try:
        assert cancel(home) == "cancelled"
        again = go_on_with_round(home.store, engine, 1, user=home.lead)
        assert (again.state, again.run) == ("queued", 2)
        assert (engine.job_state(1), engine.job_state(1, run=2)) == ("missing", "active")
    finally:
        engine.close()


def test_a_deleted_round_takes_its_files_along(home: Home) -> None:
    home.add("a.jpg", home.labelled())
    home.freeze()
    cancel(home)
    folder = home.folder().parent
    assert folder.exists()

    delete_round(home.store, home.settings, 1)

    assert not folder.exists()
    with home.store.reading() as tx, pytest.raises(NotFound):
        rounds.get(tx, 1)


def test_a_round_that_another_begins_from_stays(home: Home) -> None:
    home.add("a.jpg", home.labelled())
    home.freeze()
    with home.store.transaction() as tx:
        rounds.keep(tx, home.round().id, because="no gain", metrics={}, directory="", now=utc_now())
    home.create(RoundConfig(model=replace(ModelConfig(), weights=round_name(1))))
    with pytest.raises(LearningError, match="round 2 begins from the networks of round 1"):
        delete_round(home.store, home.settings, 1)
