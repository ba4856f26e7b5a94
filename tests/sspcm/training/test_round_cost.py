"""What a round costs is said before it: by its manifest, without a file written."""

import json
from dataclasses import asdict

import pytest
import torch

from sspcm.manifest import RoundError
from sspcm.training.round_cost import cost_of_round

CPU = torch.device("cpu")
pytestmark = pytest.mark.usefixtures("one_thread")


def test_a_rounds_cost_counts_steps_people_memory_and_disk(make_round):
    folder = make_round(steps=60, labelled=3, unlabelled=4, validation=2)
    cost = cost_of_round(folder, CPU)
    assert (cost.steps, cost.labelled, cost.unlabelled, cost.validation, cost.predicted) == (60, 3, 4, 2, 9)
    assert cost.seconds == pytest.approx(60 * cost.step_seconds) and cost.after_seconds > 0 and cost.measured
    assert cost.disk_bytes > 0 and 0 < cost.working_bytes < cost.memory_bytes
    assert [path.name for path in folder.iterdir()] == ["manifest.json"]
    assert json.loads(json.dumps(asdict(cost)))["device"] == "cpu"


def test_a_method_that_learns_from_labels_alone_counts_nobody_else(make_round):
    cost = cost_of_round(make_round(method="supervised", unlabelled=4), CPU)
    assert (cost.labelled, cost.unlabelled, cost.predicted) == (3, 0, 9)


def test_without_a_manifest_nothing_is_said(tmp_path):
    with pytest.raises(RoundError, match="manifest"):
        cost_of_round(tmp_path, CPU)


def test_crops_of_pseudo_labelled_people_take_memory(make_round):
    folder = make_round(steps=60, unlabelled=90, pseudo=0.9)
    plain = cost_of_round(folder, CPU)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["config"]["train"]["pseudo_share"] = 0.5
    (folder / "manifest.json").write_text(json.dumps(manifest))
    cost = cost_of_round(folder, CPU)
    assert cost.crops_bytes - plain.crops_bytes == 90 * 96 * 96 * 3
    assert cost.crops_bytes < cost.memory_bytes
    assert (cost.labelled, cost.unlabelled) == (plain.labelled, plain.unlabelled)
