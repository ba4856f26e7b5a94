"""A home on SQLite whose rounds a test runs stage by stage."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.home.image_files import ImageFiles
from app.home.settings import Settings
from app.processes.job_engine import Engine, prepare
from db.people import users
from db.pool import project
from db.store.session import open_store
from sspcm.pose import Label
from sspcm.skeletons.skeleton import get_skeleton
from tests.app.rounds.round_home import Home


@pytest.fixture
def home(sqlite_url: str, tmp_path: Path, make_label: Callable[..., Label]) -> Iterator[Home]:
    """A home without images, whose lead is lena."""
    store = open_store(sqlite_url)
    with store.transaction() as tx:
        project.ensure_project(tx, name="test", skeleton=get_skeleton("coco-17"))
        lead = users.add_user(tx, "lena", "lead", "correct horse")
    yield Home(Settings(tmp_path, sqlite_url), store, ImageFiles(tmp_path), lead, make_label)
    store.close()


@pytest.fixture
def engine(home: Home) -> Iterator[Engine]:
    """The job engine of that home."""
    prepare(home.settings)
    opened = Engine(home.settings)
    yield opened
    opened.close()
