"""Connections to either database, and how a transaction on SQLite begins."""

import os
import random
import sqlite3
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DisconnectionError, OperationalError

from db.errors import StoreBusy, StoreError
from db.store.store_files import is_database

BUSY_TIMEOUT_S = 30
"""How long a transaction waits for its turn, first among this process's threads, then among the processes."""
LOOK_AGAIN_S = (0.001, 0.006)
"""How long to wait, at random, before looking again whether another process has done writing. Only one thread of a
process looks, so it may look often; always the same time would fall in step with the other's commits."""


def sqlite_path(url: str) -> Path | None:
    """The file of a SQLite store; None for other databases."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return None
    if not parsed.database or parsed.database == ":memory:":
        raise StoreError(f"the store's URL is '{url}', in memory; wanted a file, which processes share. Give a path.")
    return Path(parsed.database)


def make_engine(url: str, *, is_new: bool = False) -> Engine:
    """Connections to the store, as all of ours are. is_new: the file may be empty still."""
    path = sqlite_path(url)
    if path is not None:
        engine = create_engine(url, pool_size=10, max_overflow=50, connect_args={"timeout": BUSY_TIMEOUT_S})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        _stay_with_the_file(engine, path, may_be_empty=is_new)
        return engine
    return create_engine(url, pool_size=10, max_overflow=30, pool_pre_ping=True)  # it may have restarted


def reading_engine(engine: Engine) -> Engine:
    """The same connections, for transactions that see one moment and cannot write."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(reading=True)
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _stay_with_the_file(engine: Engine, path: Path, *, may_be_empty: bool) -> None:
    """What is written lies in the file that has the store's name now.

    A connection keeps writing into its file when that is moved away or replaced: labels would be answered as saved and
    be gone with it. So each is compared with the name before it is used; and none makes the file anew. Neither may a
    file in its place be opened beside the log (`-wal`) of the one before, which holds what was saved last: SQLite
    empties the log beside an empty file, and writes it into any other.
    """
    log = path.with_name(f"{path.name}-wal")
    owners: dict[tuple[int, int], tuple[int, int] | None] = {}  # of each log that was seen here, whose it is

    @event.listens_for(engine, "do_connect")
    def open_existing(_dialect: Any, _record: Any, _arguments: Any, options: dict[str, Any]) -> sqlite3.Connection:
        found, written = _file_at(path), _file_at(log)
        if found is not None and not may_be_empty and not is_database(path):
            raise _no_store(f"{path} is no SQLite database")
        # A log that was not seen here before may be this file's own.
        if found is not None and written is not None and owners.get(written, found) != found:
            raise _no_store(f"{log} belongs to another file than {path}")
        address = f"file://{quote(os.fsencode(path.absolute()))}?mode=rw"
        connection: sqlite3.Connection = sqlite3.connect(address, uri=True, **options)
        return connection

    @event.listens_for(engine, "connect")
    def note_file(_connection: Any, record: Any) -> None:
        record.info["file"] = _file_at(path)

    @event.listens_for(engine, "checkout")
    def compare_file(_connection: Any, record: Any, _proxy: Any) -> None:
        if record.info["file"] != _file_at(path):
            # the pool then opens anew, by the name
            raise DisconnectionError(f"{path} is another file than the one that was opened")
        written = _file_at(log)
        if written is not None:
            owners.setdefault(written, record.info["file"])


def _no_store(what: str) -> sqlite3.DatabaseError:
    """As SQLite itself refuses a file, without having touched it."""
    error = sqlite3.DatabaseError(what)
    error.sqlite_errorcode = sqlite3.SQLITE_NOTADB
    return error


def _file_at(path: Path) -> tuple[int, int] | None:
    """Which file has that name; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """A new connection: SQLAlchemy says BEGIN (below), readers never block the writer, foreign keys count."""
    connection.isolation_level = None  # else the driver says BEGIN itself, a deferred one
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_S * 1000}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA fullfsync = ON")  # on macOS fsync alone leaves what was written in the drive's cache
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """BEGIN IMMEDIATE: a deferred transaction that starts to write late fails at once if another wrote meanwhile.

    In WAL a commit is on disk with FULL alone: with NORMAL the next checkpoint writes it there, minutes later perhaps.
    """
    options = connection.get_execution_options()
    reading = options.get("reading", False)
    # A writer waits by itself, below: SQLite's own pauses grow to 0.1 s.
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_S * 1000 if reading else 0}")
    connection.exec_driver_sql(f"PRAGMA query_only = {int(reading)}")  # connections are shared with writers
    if reading:
        connection.exec_driver_sql("BEGIN")
        return
    connection.exec_driver_sql(f"PRAGMA synchronous = {'FULL' if options.get('durable', True) else 'NORMAL'}")
    _begin_immediate(connection, give_up_at=options.get("give_up_at", time.monotonic() + BUSY_TIMEOUT_S))


def _begin_immediate(connection: Connection, *, give_up_at: float) -> None:
    while True:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            return
        except OperationalError as error:
            if not _is_busy(error):
                raise
            if time.monotonic() >= give_up_at:
                raise StoreBusy(
                    "the store is busy: another program's change took too long; wanted a turn to write. "
                    "Nothing was changed. Try again in a moment."
                ) from error
        time.sleep(random.uniform(*LOOK_AGAIN_S))


def _is_busy(error: OperationalError) -> bool:
    code = getattr(error.orig, "sqlite_errorcode", sqlite3.SQLITE_OK)  # none where it is no error of SQLite's
    return code & 0xFF == sqlite3.SQLITE_BUSY  # the other bits say what it is busy with
