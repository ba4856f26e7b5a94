"""`sspcm evaluate --ranking` judges an order by labels, with baselines and negative controls."""

import json
from pathlib import Path

import pytest

from sspcm.__main__ import main
from tests.sspcm.commands.member_files import write_members


def test_disagreement_finds_what_is_wrong_and_chance_does_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    members = write_members(tmp_path, labelled=40, waiting=4)
    asked = ["evaluate", "--annotations", str(tmp_path / "labels.json"), "--ranking", *members, "--draws", "50"]
    assert main([*asked, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["persons"], told["images"], told["keypoints"]) == (40, 40, 680)
    joints, persons = told["keypoints_by_score"], told["persons_by_score"]
    assert joints["U3 mutual OKS"]["auroc"][0] > 0.95
    assert joints["U7 fitted on other images"]["auroc"][1] > 0.9
    for control in ("random", "U3 permuted"):
        _, low, high = joints[control]["auroc"]
        assert low < 0.5 < high
    assert persons["doubt before labels"]["spearman"][1] > 0.4
    assert {"small box first", "1 - confidence"} < set(persons)
    assert main(asked) == 0
    table = capsys.readouterr().out
    assert "40 labelled persons of 40 images" in table and "AUPRC" in table


def test_a_file_without_labels_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    members = write_members(tmp_path, labelled=0, waiting=4)
    assert main(["evaluate", "--annotations", str(tmp_path / "labels.json"), "--ranking", *members]) == 1
    assert "none of 4 predicted persons has a label" in capsys.readouterr().err
