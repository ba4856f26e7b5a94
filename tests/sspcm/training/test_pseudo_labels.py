"""What an imported model says of unlabelled persons teaches where it is confident, and nowhere else."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from sspcm.manifest import read_manifest
from sspcm.training.pseudo_labels import pseudo_labelled
from sspcm.training.round import run_round
from sspcm.training.telling import NO_PSEUDO

CPU = torch.device("cpu")
pytestmark = pytest.mark.usefixtures("one_thread")


def report_of(folder: Path) -> dict[str, Any]:
    """The round's report, after it ran."""
    assert run_round(folder, device=CPU), (folder / "status.json").read_text()
    return dict(json.loads((folder / "report.json").read_text()))


def another(folder: Path, name: str, *, pseudo: list[list[float]] | None = None, **train: Any) -> Path:
    """The same round elsewhere, with other settings; pseudo: rows for every unlabelled person."""
    other = shutil.copytree(folder, folder.parent / name)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["config"]["train"] |= train
    for person in manifest["persons"]:
        if pseudo is not None and person["use"] == "unlabelled":
            person["pseudo"] = pseudo
    (other / "manifest.json").write_text(json.dumps(manifest))
    return other


def test_confident_keypoints_become_labels_and_others_are_absent(make_round):
    rows = [[1.0, 2.0, 0.3], [3.0, 4.0, 0.29], [5.0, 6.0, 1.0], [7.0, 8.0, 0.0], [9.0, 9.0, 0.9]]
    folder = another(make_round(unlabelled=2), "other", pseudo=rows, pseudo_share=0.5)
    found = pseudo_labelled(read_manifest(folder / "manifest.json"))
    assert [one.id for one in found] == [103, 104]
    assert found[0].label is not None
    assert found[0].label.visibility.tolist() == [2, 0, 2, 0, 2]
    assert found[0].label.xyv[:, :2].tolist() == [row[:2] for row in rows]
    everywhere = another(folder, "everywhere", pseudo_confidence=0.0)
    (first, _) = pseudo_labelled(read_manifest(everywhere / "manifest.json"))
    assert first.label is not None
    assert first.label.visibility.tolist() == [2, 2, 2, 0, 2], "a confidence of 0 places nothing"
    assert not pseudo_labelled(read_manifest(another(folder, "off", pseudo_share=0.0) / "manifest.json"))
    nothing = another(folder, "unsure", pseudo=[[1.0, 2.0, 0.1]] * 5)
    assert not pseudo_labelled(read_manifest(nothing / "manifest.json"))


def test_right_pseudo_labels_beside_few_labels_make_networks_better_on_others(make_round):
    few = {"labelled": 2, "unlabelled": 40, "validation": 20, "method": "supervised", "pseudo": 0.9}
    folder = make_round(**few, steps=100, labelled_batch=8, learning_rate=4e-3, snapshot_every=100)
    taught = report_of(another(folder, "taught", pseudo_share=0.5))
    alone = report_of(folder)
    assert (taught["pseudo_labelled"], alone["pseudo_labelled"]) == (40, 0)
    assert taught["persons"] == alone["persons"] == {"labelled": 2, "unlabelled": 40, "validation": 20}
    for name in ("A", "B"):
        assert taught["ap"][name]["mean_oks"] > alone["ap"][name]["mean_oks"] + 0.1, (taught["ap"], alone["ap"])


def test_where_no_keypoint_is_confident_enough_the_networks_are_those_of_the_labels_alone(make_round):
    folder = make_round(pseudo=0.2, steps=3, method="supervised")
    asked = another(folder, "asked", pseudo_share=0.5)
    assert report_of(folder)["warnings"] == []
    report = report_of(asked)
    assert (report["warnings"], report["pseudo_labelled"]) == ([NO_PSEUDO], 0)
    one, other = (load_file(path / "C.safetensors") for path in (folder, asked))
    assert all(torch.equal(tensor, one[name]) for name, tensor in other.items())


def test_where_a_keypoint_that_is_not_confident_lies_changes_no_weight(make_round):
    folder, weights = make_round(steps=3), []
    sure = [[40.0, 40.0, 0.9], [60.0, 50.0, 0.9]]
    for name, place in (("here", 30.0), ("there", 80.0), ("surely", 80.0)):
        confidence = 0.9 if name == "surely" else 0.2
        unsure = [[place, place, confidence]] * 3
        other = another(folder, name, pseudo=[*sure, *unsure], pseudo_share=0.5)
        assert report_of(other)["pseudo_labelled"] == 4
        weights.append(load_file(other / "A.safetensors"))
    here, there, surely = weights
    assert all(torch.equal(tensor, here[name]) for name, tensor in there.items())
    assert not all(torch.equal(tensor, surely[name]) for name, tensor in there.items())


def test_a_round_that_was_stopped_goes_on_to_the_same_networks(make_round, monkeypatch):
    """Killed after its first checkpoint."""
    folder = make_round(pseudo=0.9, pseudo_share=0.5, steps=6, draws="own")
    stopped = another(folder, "stopped")

    def stop(line: dict[str, Any]) -> None:
        if line.get("step") == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_round(stopped, device=CPU, show=stop)
    assert (stopped / "training.safetensors").exists()
    went_on = report_of(stopped)
    assert "interrupted" in went_on["warnings"][0]
    report_of(folder)
    for name in "ABC":
        one, other = (load_file(path / f"{name}.safetensors") for path in (folder, stopped))
        assert all(torch.equal(tensor, one[key]) for key, tensor in other.items())


def test_nobody_is_measured_by_a_pseudo_label(make_round, movenet_file):
    """Who was left out, and what the start says of them, are the same as without."""
    folder = make_round(
        imported=movenet_file,
        labelled=16,
        unlabelled=16,
        method="supervised",
        pseudo=0.9,
        pseudo_share=0.5,
        draws="own",
        held_out=0.3,
        loss="cross_entropy",
        steps=2,
        learning_rate=1e-4,
    )
    plain = report_of(another(folder, "plain", pseudo_share=0.0))["moved"]
    mixed = report_of(folder)["moved"]
    assert {name: one["persons"] for name, one in mixed.items()} == {
        name: one["persons"] for name, one in plain.items()
    }
    before = {name: one["before"] for name, one in plain.items()}
    assert {name: one["before"] for name, one in mixed.items()} == pytest.approx(before)
    assert np.isfinite(list(before.values())).all()
