"""A worker takes a round; where another place had it, it goes on in a folder of its own with what is finished."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from app.home.settings import Settings
from app.processes.this_worker import this_worker
from app.rounds import taking
from app.rounds.folder import round_folder
from app.rounds.taking import carry_over, take_round
from db.clock import utc_now
from db.records import UserRecord
from db.rounds import rounds, stopping, workers
from db.rounds.workers import Worker
from db.store.session import Store


@pytest.fixture
def settings(tmp_path: Path, sqlite_url: str) -> Settings:
    return Settings(tmp_path, sqlite_url)


@pytest.fixture
def lead(sqlite_store: Store, add_people: Callable[..., object], add_account: Callable[..., UserRecord]) -> UserRecord:
    add_people(sqlite_store)
    found = add_account(sqlite_store, "lena", "lead")
    with sqlite_store.transaction() as tx:
        rounds.create(tx, config_toml="", user=found)
    return found


def a_worker(store: Store, name: str) -> Worker:
    one = replace(this_worker(name, version="1", now=utc_now()), machine=f"machine of {name}")
    with store.transaction() as tx:
        workers.arrive(tx, one)
    return one


def take(store: Store, settings: Settings, one: Worker, run: int = 1) -> int | None:
    own = store.beginning_with(partial(workers.require_here, worker=one, in_rounds=True))
    record = take_round(own, settings, 1, run, one)
    return None if record is None else record.attempt


def test_a_round_stays_in_its_folder_with_its_worker_and_moves_with_another(
    sqlite_store: Store, settings: Settings, lead: UserRecord
) -> None:
    first, second = (a_worker(sqlite_store, name) for name in ("one", "two"))
    assert [take(sqlite_store, settings, first) for _ in range(2)] == [1, 1]
    folder = round_folder(settings, 1)
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text("{}")
    (folder / ".model.json-0a1b").write_text("half of it")
    assert take(sqlite_store, settings, second) == 2
    assert [path.name for path in round_folder(settings, 1, 2).iterdir()] == ["manifest.json"]
    assert take(sqlite_store, settings, second) == 2
    assert take(sqlite_store, settings, first) == 3


def test_one_that_is_being_cancelled_is_taken_to_be_ended_and_copied_nowhere(
    sqlite_store: Store, settings: Settings, lead: UserRecord
) -> None:
    first, second = (a_worker(sqlite_store, name) for name in ("one", "two"))
    take(sqlite_store, settings, first)
    with sqlite_store.transaction() as tx:
        rounds.start(tx, rounds.get(tx, 1).id)
        stopping.cancel(tx, 1, user=lead, worker_runs=True)
    assert take(sqlite_store, settings, second) == 1
    assert not round_folder(settings, 1, 2).exists()


def test_a_file_that_vouches_for_others_is_copied_before_them(settings: Settings) -> None:
    folder = round_folder(settings, 7)
    folder.mkdir(parents=True)
    names = ["A.safetensors", "manifest.json", "model.json", "predictions.npz", "report.json", "status.json"]
    for name in names:
        (folder / name).write_text(name)
    order = [path.name for path in taking._in_order(folder)]
    assert order == ["status.json", "report.json", "predictions.npz", "model.json", "A.safetensors", "manifest.json"]
    assert carry_over(settings, 7, 1) == 2
    assert {path.name: path.read_text() for path in round_folder(settings, 7, 2).iterdir()} == {
        name: name for name in names
    }


def named(settings: Settings, attempt: int) -> list[str]:
    return [path.name for path in round_folder(settings, 7, attempt).iterdir()]


def test_what_another_worker_copied_meanwhile_is_left_alone(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that lost the round makes the same folder a moment before."""
    folder = round_folder(settings, 7)
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text("{}")
    copy, calls = taking.shutil.copy2, list[str]()

    def slow(source: Path, target: Path) -> None:
        if not calls:
            round_folder(settings, 7, 2).mkdir()
            (round_folder(settings, 7, 2) / "theirs").touch()
        calls.append(str(target))
        copy(source, target)

    monkeypatch.setattr(taking.shutil, "copy2", slow)
    assert carry_over(settings, 7, 1) == 3
    assert named(settings, 2) == ["theirs"]
    assert named(settings, 3) == ["manifest.json"]


def test_a_round_without_files_yet_begins_in_an_empty_folder(settings: Settings) -> None:
    assert carry_over(settings, 9, 1) == 2
    assert list(round_folder(settings, 9, 2).iterdir()) == []
