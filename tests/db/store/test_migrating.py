"""A store of any age, of nobody or of somebody else: migrated, with a copy kept before, or refused in one sentence."""

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import URL, create_engine, text

from db.errors import StoreBusy, StoreError
from db.people import users
from db.pool import counts
from db.store.migrating import alembic_config, filled_tables
from db.store.session import migrate, open_store

NEWEST = "9999"


def set_schema(url: str, schema: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :schema"), {"schema": schema})
    engine.dispose()


def schema_of(url: str) -> str:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    engine.dispose()
    return found


def downgraded(url: str, schema: str) -> str:
    """The store as an earlier version left it; the newest schema's name."""
    newest, engine = schema_of(url), create_engine(url)
    with engine.begin() as connection:
        command.downgrade(alembic_config(connection), schema)
    engine.dispose()
    return newest


def sqlite_file(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


# --- newer and foreign stores -------------------------------------------------------------------------------------


def test_a_store_of_a_newer_version_is_told_in_one_sentence_and_left_alone(store_url):
    before = schema_of(store_url)
    set_schema(store_url, NEWEST)
    try:
        with pytest.raises(StoreError, match=r"schema 9999, made by a newer version; this one knows up to 00\d\d\. "):
            migrate(store_url)
        assert schema_of(store_url) == NEWEST
    finally:
        set_schema(store_url, before)  # tests share the database


def test_the_way_back_names_the_copy_that_is_there(sqlite_url, tmp_path):
    newest = downgraded(sqlite_url, "0005")
    migrate(sqlite_url)
    set_schema(sqlite_url, NEWEST)
    with pytest.raises(StoreError, match=rf"store\.db\.before-{newest}"):
        migrate(sqlite_url)


@pytest.mark.parametrize("schema", ["1975ea83b712", "head", "0000"])
def test_a_schema_that_was_never_ours_is_another_programs(sqlite_url, schema):
    set_schema(sqlite_url, schema)
    with pytest.raises(StoreError, match="another program's"):
        migrate(sqlite_url)


def test_another_programs_tables_are_refused(tmp_path):
    with closing(sqlite3.connect(sqlite_file(tmp_path))) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    with pytest.raises(StoreError, match=r"another program's tables \(bookmarks\)"):
        migrate(f"sqlite:///{sqlite_file(tmp_path)}")
    with closing(sqlite3.connect(sqlite_file(tmp_path))) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("bookmarks",)]


def test_tables_of_our_names_that_are_not_ours_are_refused(empty_url):
    if empty_url.startswith("sqlite"):
        Path(empty_url.removeprefix("sqlite:///")).parent.mkdir(parents=True)
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE users (mail TEXT)"))
    engine.dispose()
    with pytest.raises(StoreError, match=r"another program's tables \(users\)"):
        migrate(empty_url)


def damaged(path: Path, migrated: Path) -> None:
    shutil.copy(migrated, path)
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 4096)


@pytest.mark.parametrize("do", [migrate, open_store])
@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: path.write_bytes(b""), "is empty"),
        (lambda path: path.write_bytes(b"{}"), "no SQLite database"),
        (lambda path: path.write_bytes(b"\0" * 100_000), "no SQLite database"),
        (lambda path: path.mkdir(), "is a folder"),
        (lambda path: os.mkfifo(path), "special file"),
        (lambda path: path.symlink_to("nowhere"), "link to nothing"),
    ],
    ids=["empty", "json", "zeros", "folder", "fifo", "dangling"],
)
def test_what_is_no_store_is_named(tmp_path, make, said, do):
    make(sqlite_file(tmp_path))
    with pytest.raises(StoreError, match=said):
        do(f"sqlite:///{sqlite_file(tmp_path)}")


def test_a_damaged_store_is_told_with_what_sqlite_says(tmp_path, migrated_sqlite):
    damaged(sqlite_file(tmp_path), migrated_sqlite)
    with pytest.raises(StoreError, match="cannot be opened or upgraded"):
        migrate(f"sqlite:///{sqlite_file(tmp_path)}")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_store_is_named(sqlite_url, tmp_path):
    sqlite_file(tmp_path).chmod(0)
    with pytest.raises(StoreError, match="right to read"):
        migrate(sqlite_url)


# --- new stores ---------------------------------------------------------------------------------------------------


def test_a_new_store_is_there_whole_and_alone(tmp_path):
    migrate(f"sqlite:///{sqlite_file(tmp_path)}")
    assert [path.name for path in tmp_path.iterdir()] == ["store.db"]


def test_a_new_store_that_fails_half_way_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("db.store.migrating.command.upgrade", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        migrate(f"sqlite:///{sqlite_file(tmp_path)}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["a?b", "a%3Fb", "a#b", "a;b&c", "ü b", "a\nb", "a'b\"c", "100%", ":memory:", "-x", "a@b:c"]
)
def test_a_folder_of_any_name_keeps_its_store_inside(tmp_path, name):
    home = tmp_path / name
    url = URL.create("sqlite", database=str(home / "store.db")).render_as_string(hide_password=False)
    migrate(url)
    downgraded(url, "0005")
    migrate(url)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert {path.suffix for path in home.iterdir()} >= {".db"}
    assert len(list(home.glob("store.db.before-*"))) == 1


# --- copies -------------------------------------------------------------------------------------------------------


def test_before_a_migration_a_copy_is_kept_as_it_was_for_its_owner_alone(
    sqlite_store, sqlite_url, add_people, tmp_path, caplog
):
    add_people(sqlite_store, count=3)
    newest = downgraded(sqlite_url, "0005")
    migrate(sqlite_url)  # the store is open, and much of it lies in its WAL
    copy = tmp_path / f"store.db.before-{newest}"
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("0005",)]
        assert connection.execute("SELECT count(*) FROM images").fetchone() == (3,)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert str(copy) in caplog.text
    with sqlite_store.reading() as tx:
        assert counts.count(tx).images == 3


def test_a_store_that_is_new_or_up_to_date_is_not_copied(sqlite_url, tmp_path):
    migrate(sqlite_url)
    assert not list(tmp_path.glob("*before*"))


def test_an_earlier_copy_of_that_name_stays(sqlite_url, tmp_path):
    newest = downgraded(sqlite_url, "0005")
    (tmp_path / f"store.db.before-{newest}").write_bytes(b"mine")
    migrate(sqlite_url)
    assert (tmp_path / f"store.db.before-{newest}").read_bytes() == b"mine"
    assert (tmp_path / f"store.db.before-{newest}.2").stat().st_size > 10_000


def test_going_back_to_the_copy_and_forward_again_keeps_everything(sqlite_url, sqlite_store, add_people, tmp_path):
    add_people(sqlite_store, count=2)
    sqlite_store.close()
    newest = downgraded(sqlite_url, "0004")
    migrate(sqlite_url)
    shutil.copy(tmp_path / f"store.db.before-{newest}", tmp_path / "store.db")
    migrate(sqlite_url)
    store = open_store(sqlite_url)
    with store.reading() as tx:
        assert counts.count(tx).images == 2
    store.close()


FULL_DISK = """
import resource, sys
from db.errors import StoreError
from db.store.session import migrate
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
try:
    migrate(sys.argv[1])
except StoreError as error:
    print(error)
"""


def test_without_room_for_the_copy_nothing_is_migrated(sqlite_url, tmp_path):
    downgraded(sqlite_url, "0005")
    done = subprocess.run([sys.executable, "-c", FULL_DISK, sqlite_url], capture_output=True, text=True, check=True)
    assert "no copy of the store could be kept" in done.stdout
    assert "make room" in done.stdout
    assert not list(tmp_path.glob("*before*"))
    with closing(sqlite3.connect(sqlite_file(tmp_path))) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("0005",)]


def test_two_processes_that_migrate_at_once_keep_one_copy(sqlite_url, tmp_path):
    downgraded(sqlite_url, "0004")
    code = f"from db.store.session import migrate; migrate({sqlite_url!r})"
    both = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True) for _ in range(2)]
    for process in both:
        _, complaint = process.communicate(timeout=60)
        assert process.returncode == 0, complaint
    assert len(list(tmp_path.glob("*before*"))) == 1


# --- other writers ------------------------------------------------------------------------------------------------


def test_a_store_that_another_program_keeps_locked_is_busy(sqlite_store, tmp_path, monkeypatch):
    monkeypatch.setattr("db.store.session.BUSY_TIMEOUT_S", 0.2)
    with closing(sqlite3.connect(sqlite_file(tmp_path), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy, match="another program"), sqlite_store.transaction():
            pass
        other.execute("ROLLBACK")
    with sqlite_store.transaction() as tx:
        assert counts.count(tx).images == 0


def test_which_tables_have_rows_is_told_of_any_schema_and_changes_nothing(empty_url):
    wanted = ("users", "images", "of_another_time")
    assert filled_tables(empty_url, wanted) == []
    migrate(empty_url)
    store = open_store(empty_url)
    assert filled_tables(empty_url, wanted) == []
    with store.transaction() as tx:
        users.add_user(tx, "lea", "lead", "correct horse")
        tx.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert filled_tables(empty_url, wanted) == ["users"]
    with store.reading() as tx:
        assert tx.scalar(text("SELECT version_num FROM alembic_version")) == "0001"
    store.close()
