"""After a round the heavy files of earlier ones go."""

from dataclasses import replace
from pathlib import Path

from app.rounds.pruning import disk_taken, prune_rounds
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
        for name in ("A.safetensors", "imported.onnx", "predictions.npz", "report.json"):
            (folder / name).write_bytes(b"x" * 1000)
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
    assert not left & {"A.safetensors", "imported.onnx", "predictions.npz"}
    assert disk_taken(home.folder(3)) == whole == disk_taken(home.folder(1)) + 3000


def test_files_that_go_while_they_are_counted_are_no_error(tmp_path: Path) -> None:
    """A training's checkpoint is a file of another name until it is whole."""
    (tmp_path / "whole").write_bytes(b"x" * 10)
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    assert disk_taken(tmp_path) == 10
    assert disk_taken(tmp_path / "nowhere") == 0
