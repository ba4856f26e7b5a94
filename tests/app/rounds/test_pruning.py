"""After a round the heavy files of earlier ones go."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.home.shared_files import bind, shared_files
from app.rounds import pruning
from app.rounds.pruning import disk_taken, forget_copies, prune_rounds, taken
from db.clock import utc_now
from db.records import RankingEntry
from db.rounds import rankings, rounds
from sspcm.config import RoundConfig
from tests.app.rounds.round_home import Home


def publish(home: Home) -> int:
    home.freeze(RoundConfig())
    with home.store.transaction() as tx:
        record = rounds.latest(tx, 1)[0]
        folder = home.folder(record.number)
        for name in ("A.safetensors", "imported.onnx", "predictions.npz", "predictions-ab-00003.npz", "report.json"):
            (folder / name).write_bytes(b"x" * 1000)
        (folder / "seconds.json").write_text("{}")  # as long for each
        rankings.add_round_ranking(tx, record.id, [RankingEntry(1, 0, 0.5, ())])
        rounds.publish(tx, record.id, metrics={}, directory="", now=utc_now())
    return record.number


def test_networks_and_predictions_of_rounds_that_nobody_gets_go_and_their_reports_stay(home: Home) -> None:
    home.add("a.jpg", home.labelled())
    for _ in range(4):
        publish(home)
    whole = disk_taken(home.folder(4))

    assert prune_rounds(home.store, replace(home.settings, keep_rounds=None)) == []
    assert prune_rounds(home.store, home.settings) == [1, 2]

    left = {path.name for path in home.folder(1).iterdir()}
    assert {"manifest.json", "report.json"} <= left
    assert not left & {"A.safetensors", "imported.onnx", "predictions.npz", "predictions-ab-00003.npz"}
    assert disk_taken(home.folder(3)) == whole == disk_taken(home.folder(1)) + 4000


def test_where_a_bucket_has_the_rounds_a_machine_keeps_its_last_one_and_those_not_over(
    home: Home, bucket_url: str
) -> None:
    bind(replace(home.settings, database_url="postgresql+psycopg://somebody@nowhere/none", bucket=bucket_url))
    shared = shared_files(home.settings.home)
    home.add("a.jpg", home.labelled())
    for number in range(1, 5):
        assert publish(home) == number
        folder = home.folder(number).relative_to(home.settings.home).as_posix()
        shared.put(*(f"{folder}/{path.name}" for path in home.folder(number).iterdir()))
    with home.store.transaction() as tx:
        failed = rounds.create(tx, config_toml="", user=home.lead)
        rounds.fail(tx, failed.id, "mend it")
    home.folder(5).mkdir(parents=True)
    own, everything, where = taken(home.settings, 4)
    assert (own, where) == (disk_taken(home.folder(4)), "the bucket")
    assert everything == sum(disk_taken(home.folder(number)) for number in range(1, 5))

    assert prune_rounds(home.store, home.settings) == [1, 2]
    left = set(shared.names("rounds"))
    heavy = ("A.safetensors", "imported.onnx", "predictions.npz")
    assert not left & {f"rounds/{number}/attempt-1/{name}" for number in ("0001", "0002") for name in heavy}
    assert {f"rounds/{number}/attempt-1/{name}" for number in ("0003", "0004") for name in heavy} < left
    assert "rounds/0001/attempt-1/report.json" in left
    forget_copies(home.store, home.settings, 4)
    assert sorted(path.name for path in home.settings.rounds_dir.iterdir()) == ["0004", "0005"]
    assert set(shared.names("rounds")) == left


def test_a_round_that_the_bucket_lacks_or_has_in_another_state_stays_on_the_machine(
    home: Home, bucket_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """As of a home whose bucket was never filled."""
    home.add("a.jpg", home.labelled())
    for _ in range(2):
        publish(home)
    bind(replace(home.settings, database_url="postgresql+psycopg://somebody@nowhere/none", bucket=bucket_url))
    forget_copies(home.store, home.settings, 2)
    assert home.folder(1).is_dir()
    assert "round 0001 stays on this machine" in caplog.text
    shared = shared_files(home.settings.home)
    shared.fill()
    (home.folder(1) / "report.json").write_text("another")
    forget_copies(home.store, home.settings, 2)
    assert home.folder(1).is_dir()
    name = (home.folder(1) / "report.json").relative_to(home.settings.home).as_posix()
    shared.put(name)
    forget_copies(home.store, home.settings, 2)
    assert sorted(path.name for path in home.settings.rounds_dir.iterdir()) == ["0002"]


def test_what_rounds_take_of_a_bucket_is_asked_once_a_minute(
    home: Home, bucket_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bind(replace(home.settings, database_url="postgresql+psycopg://somebody@nowhere/none", bucket=bucket_url))
    home.folder(1).mkdir(parents=True)
    now = [6000.0]
    monkeypatch.setattr(pruning, "time", SimpleNamespace(monotonic=lambda: now[0]))
    for name, seconds, found in (("a", 0, 10), ("b", 50, 10), ("c", 70, 30)):
        (home.folder(1) / name).write_bytes(b"x" * 10)
        shared_files(home.settings.home).put(f"rounds/0001/attempt-1/{name}")
        now[0] = 6000.0 + seconds
        assert taken(home.settings, 1) == (found, found, "the bucket")


def test_what_pruning_took_from_the_bucket_keeps_no_copy_elsewhere(home: Home, bucket_url: str) -> None:
    home.add("a.jpg", home.labelled())
    for _ in range(4):
        publish(home)
    bind(replace(home.settings, database_url="postgresql+psycopg://somebody@nowhere/none", bucket=bucket_url))
    shared_files(home.settings.home).fill()
    prune_rounds(home.store, home.settings)
    (home.folder(1) / "A.safetensors").write_bytes(b"of another machine")
    forget_copies(home.store, home.settings, 4)
    assert sorted(path.name for path in home.settings.rounds_dir.iterdir()) == ["0004"]


def test_without_a_bucket_every_rounds_folder_stays(home: Home) -> None:
    home.add("a.jpg", home.labelled())
    publish(home)
    publish(home)
    forget_copies(home.store, home.settings, 2)
    assert sorted(path.name for path in home.settings.rounds_dir.iterdir()) == ["0001", "0002"]


def test_files_that_go_while_they_are_counted_are_no_error(tmp_path: Path) -> None:
    """A training's checkpoint is a file of another name until it is whole."""
    (tmp_path / "whole").write_bytes(b"x" * 10)
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    assert disk_taken(tmp_path) == 10
    assert disk_taken(tmp_path / "nowhere") == 0
