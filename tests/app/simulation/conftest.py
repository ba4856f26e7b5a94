"""A home in which a simulation can be asked for, with a job engine that nobody works for."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.home.settings import Settings
from app.processes.job_engine import Engine, prepare
from db.records import UserRecord
from db.store.session import Store
from tests.app.simulation.simulated_home import give_model, label


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    return Settings(tmp_path / "home", sqlite_url)


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    prepare(settings)
    opened = Engine(settings)
    yield opened
    opened.close()


@pytest.fixture
def lea(sqlite_store: Store, add_account: Callable[..., UserRecord]) -> UserRecord:
    return add_account(sqlite_store, "lea", "lead")


@pytest.fixture
def ready(sqlite_store: Store, settings: Settings, make_label: Callable[..., Any], tmp_path: Path) -> Store:
    """A hundred and twenty labelled people of one camera, and a model."""
    label(sqlite_store, settings.home, make_label, 120)
    give_model(settings.home, tmp_path)
    return sqlite_store
