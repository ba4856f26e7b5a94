"""The port to the job engine, on both databases."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.home.settings import Settings, read_settings
from app.processes.job_engine import ORDINARY, QUEUE, VERSION, WORKFLOW, Engine, job_id, prepare
from db.rounds import rounds
from db.store.session import Store, migrate, open_store


@pytest.fixture
def engine(store_url: str, tmp_path: Path) -> Iterator[Engine]:
    """On either database."""
    yield from opened(Settings(tmp_path, store_url))


@pytest.fixture
def sqlite_engine(sqlite_url: str, tmp_path: Path) -> Iterator[Engine]:
    yield from opened(Settings(tmp_path, sqlite_url))


def opened(settings: Settings) -> Iterator[Engine]:
    prepare(settings)
    engine = Engine(settings)
    yield engine
    engine.close()


def rows(store: Store, table: str) -> list[dict[str, Any]]:
    """What one of the job engine's own tables holds."""
    with store.reading() as tx:
        return [dict(row) for row in tx.execute(text(f"SELECT * FROM {table}")).mappings()]


def test_preparing_again_keeps_the_jobs(sqlite_engine: Engine, sqlite_store: Store, tmp_path: Path) -> None:
    with sqlite_store.transaction() as tx:
        sqlite_engine.enqueue_round(tx, 1)

    prepare(Settings(tmp_path, sqlite_store.url))

    assert sqlite_engine.job_state(1) == "active"


def test_readers_and_the_writer_of_a_sqlite_store_pass_each_other(tmp_path: Path) -> None:
    prepare(Settings(tmp_path, f"sqlite:///{tmp_path / 'new.db'}"))

    with closing(sqlite3.connect(tmp_path / "new.db")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_round_and_its_job_are_committed_together(engine: Engine, store: Store, add_people, add_account) -> None:
    add_people(store)
    lead = add_account(store, "lena", "lead")
    assert engine.job_state(1) == "missing"

    with store.transaction() as tx:
        engine.enqueue_round(tx, rounds.create(tx, config_toml="", user=lead).number)

    assert engine.job_state(1) == "active"
    with store.reading() as tx:
        assert rounds.get(tx, 1).state == "queued"


def test_a_rollback_leaves_neither_round_nor_job(engine: Engine, store: Store, add_people, add_account) -> None:
    add_people(store)
    lead = add_account(store, "lena", "lead")

    with pytest.raises(ZeroDivisionError), store.transaction() as tx:
        engine.enqueue_round(tx, rounds.create(tx, config_toml="", user=lead).number)
        raise ZeroDivisionError

    assert engine.job_state(1) == "missing"
    with store.reading() as tx:
        assert rounds.latest(tx) == []


def test_enqueuing_an_attempt_twice_is_enqueuing_it_once(sqlite_engine: Engine, sqlite_store: Store) -> None:
    for _ in range(2):
        with sqlite_store.transaction() as tx:
            sqlite_engine.enqueue_round(tx, 7)

    (job,) = rows(sqlite_store, "workflow_status")
    assert job["workflow_uuid"] == job_id(7) == "round-0007-attempt-1"


def test_a_job_names_its_queue_priority_and_version_and_is_plain_json(
    sqlite_engine: Engine, sqlite_store: Store
) -> None:
    with sqlite_store.transaction() as tx:
        sqlite_engine.enqueue_round(tx, 3, attempt=2)

    (job,) = rows(sqlite_store, "workflow_status")
    assert (job["name"], job["queue_name"], job["priority"]) == (WORKFLOW, QUEUE, ORDINARY)
    assert job["application_version"] == VERSION == "rounds-1"
    (inputs,) = rows(sqlite_store, "workflow_input")
    assert json.loads(inputs["inputs"])["positionalArgs"] == [3, 2]


def test_help_waits_behind_all_others_and_nobody_gives_way_to_it(engine: Engine, store: Store) -> None:
    with store.transaction() as tx:
        jobs = {engine.enqueue_help(tx, 3, 2, "gpu-2") for _ in range(2)}
    assert len(jobs) == 2, "a name each time"
    assert all(engine.help_state(job) == "active" for job in jobs)
    assert not engine.others_wait()
    with store.transaction() as tx:
        engine.enqueue_prelabelling(tx, 1)
    assert engine.others_wait()


@pytest.mark.parametrize("name", ["a?b", "100%", "a#b;c&d", "ü b\n"])
def test_the_job_engine_finds_the_store_of_a_home_of_any_name(name: str, tmp_path: Path) -> None:
    settings = read_settings(tmp_path / name, {})
    migrate(settings.database_url)
    prepare(settings)
    store, engine = open_store(settings.database_url), Engine(settings)
    with store.transaction() as tx:
        engine.enqueue_round(tx, 1)
    assert engine.job_state(1) == "active"
    engine.close()
    store.close()
    assert [path.name for path in tmp_path.iterdir()] == [name]
