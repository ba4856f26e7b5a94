"""Opening the store, and the two ways in: a transaction that writes whole or not at all, and a reading."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.orm import Session

from db.errors import StoreError

BUSY_TIMEOUT_S = 30
_MIGRATIONS = Path(__file__).parent / "migrations"
_MIGRATION_LOCK = 7_263_915_408  # any number of our own: whoever migrates a PostgreSQL holds this advisory lock


@dataclass(frozen=True)
class Store:
    """The home's database, open. Threads share one Store; every transaction has a connection of its own."""

    url: str = field(repr=False)  # may hold a password
    _engine: Engine

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that commits whole when the block ends, and rolls back whole when it raises.

        On SQLite it takes the write lock at once (BEGIN IMMEDIATE), waiting up to 30 s, so that what it read is still
        so when it writes.
        """
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one moment of the store and cannot write. Waits for nobody."""
        with Session(_reading_engine(self._engine), expire_on_commit=False, autoflush=False) as session:
            yield session

    def close(self) -> None:
        """Give every connection back."""
        self._engine.dispose()


def open_store(url: str) -> Store:
    """The store at `url` (sqlite:///PATH or postgresql+psycopg://...), made before by `migrate`. Creates no tables."""
    path = _sqlite_path(url)
    if path is not None and not path.is_file():
        raise StoreError(f"there is no store at {path}; wanted one made before. Run 'python -P -m app migrate' first.")
    return Store(url=url, _engine=_engine(url))


def migrate(url: str) -> None:
    """Bring the store at `url` to the newest schema, making it if there is none. Harmless when repeated or raced."""
    path = _sqlite_path(url)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    engine = _engine(url)
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
            command.upgrade(_alembic_config(connection), "head")
    finally:
        engine.dispose()


def _alembic_config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _sqlite_path(url: str) -> Path | None:
    """The file of a SQLite store; None for other databases."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return None
    if not parsed.database or parsed.database == ":memory:":
        raise StoreError(f"the store's URL is '{url}', in memory; wanted a file, which processes share. Give a path.")
    return Path(parsed.database)


def _engine(url: str) -> Engine:
    if make_url(url).get_backend_name() == "sqlite":
        engine = create_engine(url, pool_size=10, max_overflow=50, connect_args={"timeout": BUSY_TIMEOUT_S})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(url, pool_size=10, max_overflow=30, pool_pre_ping=True)


def _reading_engine(engine: Engine) -> Engine:
    if engine.dialect.name == "sqlite":
        return engine.execution_options(reading=True)
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """A new connection: SQLAlchemy says BEGIN (below), readers never block the writer, foreign keys count."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_S * 1000}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """BEGIN IMMEDIATE: a deferred transaction that starts to write late fails at once if another wrote meanwhile."""
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql(f"PRAGMA query_only = {int(reading)}")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
