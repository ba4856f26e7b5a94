"""A pre-labelling is launched with its job, or not at all."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from app.home.settings import Settings
from app.pool.launching import launch_prelabelling
from app.processes.job_engine import Engine, prepare
from db.errors import RoundActive
from db.pool import project
from db.records import UserRecord
from db.rounds import prelabellings
from db.store.session import Store
from sspcm.skeletons.skeleton import get_skeleton


@pytest.fixture
def lead(sqlite_store: Store, add_account: Callable[..., UserRecord]) -> UserRecord:
    with sqlite_store.transaction() as tx:
        project.ensure_project(tx, name="test", skeleton=get_skeleton("coco-17"))
    return add_account(sqlite_store, "lea", "lead")


@pytest.fixture
def engine(sqlite_url: str, tmp_path: Path) -> Iterator[Engine]:
    """A job engine whose tables are not there yet."""
    opened = Engine(Settings(tmp_path, sqlite_url))
    yield opened
    opened.close()


def test_a_model_is_queued_with_its_job_and_one_at_a_time(
    sqlite_store: Store, sqlite_url: str, tmp_path: Path, lead: UserRecord, engine: Engine
) -> None:
    prepare(Settings(tmp_path, sqlite_url))
    launched = launch_prelabelling(sqlite_store, engine, model="dots", sha256="0" * 64, user=lead)
    assert (launched.state, engine.prelabelling_state(launched.id)) == ("queued", "active")
    with pytest.raises(RoundActive):
        launch_prelabelling(sqlite_store, engine, model="more", sha256="1" * 64, user=lead)
    assert engine.prelabelling_state(launched.id + 1) == "missing"


def test_a_job_that_cannot_be_enqueued_leaves_no_run(sqlite_store: Store, lead: UserRecord, engine: Engine) -> None:
    with pytest.raises(OperationalError, match="no such table"):
        launch_prelabelling(sqlite_store, engine, model="dots", sha256="0" * 64, user=lead)
    with sqlite_store.reading() as tx:
        assert prelabellings.latest(tx) is None
