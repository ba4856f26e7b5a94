"""What an earlier worker left is enqueued again or ended."""

import errno
from pathlib import Path

import pytest

from app.processes.job_engine import job_id, simulation_job_id
from app.processes.this_worker import this_worker
from app.simulation import folder
from app.worker.presence import Presence
from app.worker.settling import SettlingSimulations, settle, settle_if_reachable, settle_simulation
from db.clock import utc_now
from db.rounds import prelabellings, rounds
from db.store.session import open_store
from sspcm.config import RoundConfig
from tests.app.worker.place import Place

WAITS = folder.Job(1, "cost", "queued", "lena", "2026-11-30T10:00:00+00:00", "small", "0" * 64)


def test_a_round_whose_job_was_lost_is_enqueued_again(place: Place) -> None:
    with place.store.transaction() as tx:
        rounds.create(tx, config_toml=RoundConfig().to_toml(), user=place.lead)
    assert place.engine.job_state(1) == "missing"

    settle(place.store, place.engine)

    assert place.engine.job_state(1) == "active"


def test_a_simulation_that_cannot_be_read_is_looked_at_again_and_holds_nothing_up(
    place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def stale(_home: Path) -> None:
        raise OSError(errno.ESTALE, "Stale file handle")

    settling = SettlingSimulations(place.store, place.engine)
    with monkeypatch.context() as patched:
        patched.setattr(folder, "newest", stale)
        settling.again_if_due()
    assert "no simulation is taken up again for now" in caplog.text and "Stale file handle" in caplog.text
    folder.write(place.settings.home, WAITS)
    settling.again_if_due()
    assert place.engine.simulation_state(1, "cost") == "active"


def test_a_round_whose_job_ended_without_a_word_has_failed(place: Place) -> None:
    place.launch()
    place.engine._client.cancel_workflow(job_id(1))

    settle(place.store, place.engine)

    assert place.round().state == "failed"
    assert "job ended without a result" in str(place.round().error)


def test_a_store_that_is_away_ends_no_worker(place: Place) -> None:
    nowhere = open_store("postgresql+psycopg://nobody@127.0.0.1:9/none")
    worker = this_worker("local", version="1", now=utc_now())
    settle_if_reachable(nowhere, place.engine, Presence(nowhere, worker, alone=True))
    nowhere.close()


def test_a_model_whose_job_was_lost_is_enqueued_again(place: Place) -> None:
    with place.store.transaction() as tx:
        lost = prelabellings.create(tx, model="dots", sha256="0" * 64, user=place.lead)
    settle(place.store, place.engine)
    assert place.engine.prelabelling_state(lost.id) == "active"


def test_a_simulation_whose_job_was_lost_is_enqueued_again_and_one_that_ended_without_a_word_failed(
    place: Place,
) -> None:
    home = place.settings.home
    folder.write(home, WAITS)
    settle_simulation(place.store, place.engine)
    assert place.engine.simulation_state(1, "cost") == "active"
    settle_simulation(place.store, place.engine)
    found = folder.newest(home)
    assert found is not None and found.state == "queued"
    place.engine._client.cancel_workflow(simulation_job_id(1, "cost"))
    settle_simulation(place.store, place.engine)
    found = folder.newest(home)
    assert found is not None and found.state == "failed"
    assert "job ended without a result; wanted a learning curve" in str(found.error)
