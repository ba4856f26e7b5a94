"""Before a PostgreSQL store changes its form, its rows are kept as a SQLite store of the old one."""

import logging
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
import time
import tracemalloc
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import MetaData, create_engine, func, insert, select, text

from db.errors import StoreError
from db.labelling import labels
from db.people import sessions
from db.pool.persons import list_persons
from db.records import Decision
from db.rounds import rounds
from db.schema import ImageRow, LogRow
from db.store.copying_rows import LEFT_BEHIND, OPENS_SOMETHING, copy_old_rows
from db.store.migrating import alembic_config, newest_schema
from db.store.moving import move_store
from db.store.session import Store, migrate, open_store
from sspcm.config import RoundConfig
from sspcm.pose import Label

OLD = "0013"
LEFT_OUT = {table.name for table in LEFT_BEHIND | OPENS_SOMETHING} | {"alembic_version"}


def make_old(url: str, schema: str = OLD) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        command.downgrade(alembic_config(connection), schema)
    engine.dispose()


@pytest.fixture
def lived_in(postgres_url: str, add_account: Any, add_people: Any, make_label: Any) -> str:
    """A store with labels, a round under way and a browser that is signed in, of an older schema."""
    store = open_store(postgres_url)
    lea = add_account(store, "Léa", "lead")
    add_people(store, count=3, labelled=True)
    add_people(store, count=2)
    with store.transaction() as tx:
        one = next(one for one in list_persons(tx) if one.state == "open")
        placed = Label(make_label().xyv, author=lea.name)
        labels.decide(tx, Decision("k", "accept", one.id, one.revision, lea, label=placed), now=datetime.now(UTC))
        rounds.create(tx, config_toml=RoundConfig().to_toml(), user=lea)
        sessions.open_session(tx, lea, now=datetime.now(UTC), hours=1, browser="Firefox")
    store.close()
    make_old(postgres_url)
    return postgres_url


@pytest.fixture(autouse=True)
def _newest_again(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Any:
    yield  # tests share the database
    migrate(postgres_url, copies=tmp_path_factory.mktemp("after"))


def rows(url: str) -> dict[str, list[dict[str, Any]]]:
    """What a store of any form holds, but for what a copy leaves out; moments as they are in UTC."""
    engine, described = create_engine(url), MetaData()
    with engine.connect() as connection:
        described.reflect(connection)
        found = {
            table.name: [
                {key: _plain(value) for key, value in row.items()}
                for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()
            ]
            for table in described.sorted_tables
            if table.name not in LEFT_OUT
        }
    engine.dispose()
    return found


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) and value.tzinfo else value


def the_copy(folder: Path) -> Path:
    return folder / f"store.db.before-{newest_schema()}"


def test_every_row_is_in_the_copy_as_the_old_schema_had_it(
    lived_in: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = rows(lived_in)
    with caplog.at_level(logging.WARNING):
        migrate(lived_in, copies=tmp_path / "home")
    copy = the_copy(tmp_path / "home")
    assert str(copy) in caplog.text
    assert [path.name for path in (tmp_path / "home").iterdir()] == [copy.name]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    kept = rows(f"sqlite:///{copy}")
    ended = kept["rounds"][0]
    assert (ended.pop("state"), ended.pop("error")[:18]) == ("failed", "It was under way w")
    for row in (ended, before["rounds"][0]):
        del row["finished_at"]
    del before["rounds"][0]["state"], before["rounds"][0]["error"]
    assert kept == before
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(OLD,)]
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("SELECT count(*) FROM login_sessions").fetchone() == (0,)


def test_the_copy_fills_an_empty_store_again(lived_in: str, tmp_path: Path, empty_url: str) -> None:
    migrate(lived_in, copies=tmp_path / "home")
    migrate(empty_url)
    moved = move_store(the_copy(tmp_path / "home"), empty_url)
    assert (moved["labels"], moved["images"], moved["users"], moved["rounds"]) == (4, 5, 1, 1)
    assert rows(empty_url)["labels"] == rows(lived_in)["labels"]


def test_a_store_that_is_new_or_up_to_date_is_not_copied(postgres_url: str, tmp_path: Path) -> None:
    migrate(postgres_url, copies=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_without_a_folder_for_the_copy_nothing_is_migrated(lived_in: str) -> None:
    with pytest.raises(StoreError, match="no folder was named for a copy"):
        migrate(lived_in)
    assert _schema(lived_in) == OLD


def test_a_newer_store_is_refused_with_the_copies_that_are_there(lived_in: str, tmp_path: Path) -> None:
    migrate(lived_in, copies=tmp_path)
    newest = _schema(lived_in)
    _set_schema(lived_in, "9999")
    try:
        with pytest.raises(StoreError, match=rf"made by a newer version.*store\.db\.before-{newest} \(docs/upgrading"):
            migrate(lived_in, copies=tmp_path)
    finally:
        _set_schema(lived_in, newest)


SMALL_FILES = """
import resource, sys
from pathlib import Path
from db.errors import StoreError
from db.store.session import migrate
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
try:
    migrate(sys.argv[1], copies=Path(sys.argv[2]))
except StoreError as error:
    print(error)
"""


def test_a_copy_that_does_not_fit_leaves_everything_as_it_was(lived_in: str, tmp_path: Path) -> None:
    before = rows(lived_in)
    code = [sys.executable, "-c", SMALL_FILES, lived_in, str(tmp_path)]
    done = subprocess.run(code, capture_output=True, text=True, check=True)
    assert "no copy of the store could be kept" in done.stdout and "make room" in done.stdout
    assert list(tmp_path.iterdir()) == []
    assert (_schema(lived_in), rows(lived_in)) == (OLD, before)


def test_room_is_asked_for_before_anything_is_written(
    lived_in: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=100_000)
    monkeypatch.setattr("db.store.store_files.shutil.disk_usage", lambda _: usage)
    with pytest.raises(StoreError, match=r"\(.*0\.1 MB are free\); wanted room for \d\.\d MB in "):
        migrate(lived_in, copies=tmp_path)
    monkeypatch.undo()
    assert list(tmp_path.iterdir()) == [] and _schema(lived_in) == OLD


def test_what_an_older_version_writes_until_then_is_in_the_copy(lived_in: str, tmp_path: Path) -> None:
    engine = create_engine(lived_in)
    migration = threading.Thread(target=migrate, args=(lived_in,), kwargs={"copies": tmp_path})
    with engine.begin() as older:
        older.execute(text("UPDATE project SET name = 'written meanwhile'"))
        migration.start()
        time.sleep(0.5)
        assert migration.is_alive() and not the_copy(tmp_path).exists(), "it waits for who writes"
    migration.join(60)
    engine.dispose()
    assert rows(f"sqlite:///{the_copy(tmp_path)}")["project"][0]["name"] == "written meanwhile"


def test_an_older_version_that_takes_tables_in_another_order_stops_no_migration(lived_in: str, tmp_path: Path) -> None:
    engine = create_engine(lived_in)
    migration = threading.Thread(target=migrate, args=(lived_in,), kwargs={"copies": tmp_path})
    with engine.connect() as older:
        older.execute(text("UPDATE project SET name = name"))  # late in the order
        migration.start()
        time.sleep(0.5)
        try:
            older.execute(text("UPDATE users SET name = name"))  # early in it: each now waits for the other
        except Exception as error:  # one of the two is told so
            assert "deadlock" in str(error)
        older.rollback()
    migration.join(60)
    engine.dispose()
    assert the_copy(tmp_path).exists() and _schema(lived_in) == newest_schema()


def test_rows_are_copied_a_few_at_a_time(postgres_url: str, tmp_path: Path) -> None:
    store, count = open_store(postgres_url), 20_000
    line = {"at": datetime.now(UTC), "actor": "a", "via": "v", "action": "x", "about": "", "details": {"x": "y" * 500}}
    with store.transaction() as tx:
        for _ in range(20):
            tx.execute(insert(LogRow), [line] * (count // 20))
    store.close()
    made = f"sqlite:///{tmp_path / 'target.db'}"
    migrate(made)
    source, target = create_engine(postgres_url), create_engine(made)
    tracemalloc.start()
    try:
        with source.connect() as read, target.begin() as written:
            copy_old_rows(read, written)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        source.dispose()
        target.dispose()
    assert peak < 6_000_000, f"{peak / 1e6:.1f} MB for {count} rows of 500 bytes"
    with closing(sqlite3.connect(tmp_path / "target.db")) as connection:
        assert connection.execute("SELECT count(*) FROM audit_log").fetchone() == (count,)


def test_a_copy_of_sqlite_is_checked_for_room_as_well(
    sqlite_store: Store, sqlite_url: str, add_people: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_people(sqlite_store, count=3)
    make_old(sqlite_url)
    usage = shutil.disk_usage(tmp_path)._replace(free=1_000)
    monkeypatch.setattr("db.store.store_files.shutil.disk_usage", lambda _: usage)
    with pytest.raises(StoreError, match=r"wanted room for \d\.\d MB in "):
        migrate(sqlite_url)
    with sqlite_store.reading() as tx:
        assert tx.scalar(select(func.count()).select_from(ImageRow)) == 3
    assert not list(tmp_path.glob("*before*")) and _schema(sqlite_url) == OLD


def _schema(url: str) -> str:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = str(connection.scalar(text("SELECT version_num FROM alembic_version")))
    engine.dispose()
    return found


def _set_schema(url: str, schema: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :schema"), {"schema": schema})
    engine.dispose()
