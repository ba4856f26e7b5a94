"""What real databases say when they fail, in our words."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from app.home.bucket import BucketAway
from app.home.failures import Failure, Home, failure_of
from db.errors import StoreBusy
from db.store.session import open_store


def told(error: BaseException, home: Path = Path("/srv/home"), *, is_told: bool = True) -> Failure:
    found = failure_of(error, Home(home, is_told=is_told))
    assert found is not None
    return found


def failing(url: str, *statements: str) -> DBAPIError:
    engine = create_engine(url, connect_args={"timeout": 0.05} if url.startswith("sqlite") else {})
    try:
        with pytest.raises(DBAPIError) as caught, engine.connect() as connection:
            for statement in statements or ("SELECT 1",):
                connection.execute(text(statement))
    finally:
        engine.dispose()
    return caught.value


def test_a_store_that_another_program_keeps_locked(sqlite_url: str, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    found = told(failing(sqlite_url, "DELETE FROM users"))
    other.close()
    assert (found.status, found.code) == (503, "not_just_now")
    assert "The store is busy" in found.message


def test_a_store_that_cannot_be_opened_is_away_and_one_of_zeros_is_damaged(tmp_path: Path) -> None:
    away = told(failing(f"sqlite:///{tmp_path / 'no' / 'store.db'}"), tmp_path)
    assert (away.status, "cannot be read or written" in away.message) == (503, True)
    (tmp_path / "store.db").write_bytes(b"no database" * 1000)
    damaged = told(failing(f"sqlite:///{tmp_path / 'store.db'}", "SELECT * FROM users"), tmp_path)
    assert (damaged.status, "is damaged; a lead puts a copy of it back" in damaged.message) == (503, True)


def test_a_database_server_that_is_not_there_or_lets_nobody_in(postgres_url: str) -> None:
    for url in ("postgresql+psycopg://127.0.0.1:1/x", make_url(postgres_url).set(database="nowhere")):
        found = told(failing(url if isinstance(url, str) else url.render_as_string(hide_password=False)))
        assert (found.status, found.code) == (503, "not_just_now")
        assert "The store does not answer just now" in found.message


def test_a_database_server_that_ends_our_connection_or_takes_no_writes(postgres_url: str) -> None:
    ended = told(failing(postgres_url, "SELECT pg_terminate_backend(pg_backend_pid())"))
    assert ended.status == 503
    standby = told(failing(postgres_url, "SET TRANSACTION READ ONLY", "DELETE FROM users"))
    assert "lets nothing be written" in standby.message


def test_a_pool_without_a_free_connection_is_busy(sqlite_url: str) -> None:
    engine = create_engine(sqlite_url, pool_size=1, max_overflow=0, pool_timeout=0.01)
    with engine.connect(), pytest.raises(Exception) as caught, engine.connect():
        pass
    engine.dispose()
    assert told(caught.value).status == 503


def test_a_store_that_is_busy_keeps_its_own_words() -> None:
    assert (
        told(StoreBusy("others write; wanted a turn. Try again.")).message == "Others write; wanted a turn. Try again."
    )


def test_a_bucket_that_is_away_is_told_without_its_address() -> None:
    found = told(BucketAway("the bucket s3://pool/team did not do its part for 'x' (AccessDenied)."))
    assert (found.status, found.code) == (503, "not_just_now")
    assert found.message.startswith(
        "The bucket that keeps the home's files does not answer just now: this was not done"
    )
    assert "s3://" not in found.message


def test_our_own_mistakes_are_none_of_these(sqlite_url: str, postgres_url: str) -> None:
    for error in (
        failing(sqlite_url, "SELECT nothing FROM users"),
        failing(sqlite_url, "INSERT INTO users (id) VALUES (1)"),
        failing(postgres_url, "SELECT nothing FROM users"),
        KeyError("x"),
        FileNotFoundError(2, "no such file", "/srv/home/x"),
        PermissionError(13, "denied", "/etc/shadow"),
        OSError("of no number"),
    ):
        assert failure_of(error, Home(Path("/srv/home"), is_told=True)) is None, error


def test_what_a_failure_came_of_counts_unless_it_was_put_aside() -> None:
    try:
        try:
            raise OSError(28, "No space left on device")
        except OSError as full:
            raise KeyError("x") from full
    except KeyError as error:
        assert told(error).status == 507
        error.__cause__ = None
        assert failure_of(error, Home(Path("/srv"), is_told=True)) is None


def test_strangers_learn_no_path(tmp_path: Path, sqlite_url: str) -> None:
    store = open_store(sqlite_url)
    store.close()
    for error in (OSError(28, "full"), OSError(28, "full", str(tmp_path / "x")), OSError(28, "full", "/other/x")):
        assert "/" not in told(error, tmp_path, is_told=False).message
