"""`sspcm rank` says whom to label next, from files alone."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sspcm.__main__ import main
from tests.sspcm.commands.member_files import COCO, write_members


def test_people_come_by_what_labels_would_change_and_the_labelled_ones_teach(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    members = write_members(tmp_path, labelled=30, waiting=6)
    assert main(["rank", *members, "--annotations", str(tmp_path / "labels.json"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["annotation_id"] for one in told["persons"]] != list(range(31, 37))
    assert sorted(one["annotation_id"] for one in told["persons"]) == list(range(31, 37))
    scores = [one["score"] for one in told["persons"]]
    assert scores == sorted(scores, reverse=True)
    assert told["fit"]["persons"] == 30 and told["fit"]["auroc_fitted"] > 0.9
    assert told["persons"][0]["flags"][0]["keypoint"] in COCO.keypoints


def test_the_first_ones_are_printed_in_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    members = write_members(tmp_path, labelled=0, waiting=5)
    assert main(["rank", *members, "--annotations", str(tmp_path / "labels.json"), "--limit", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 and lines[0].startswith("   1  0.") and "annotation" in lines[0]


def test_it_answers_without_torch(tmp_path: Path) -> None:
    members = write_members(tmp_path, labelled=0, waiting=3)
    code = "import sys; from sspcm.__main__ import main; main(sys.argv[1:]); sys.exit('torch' in sys.modules)"
    command = [sys.executable, "-c", code, "rank", *members, "--annotations", str(tmp_path / "labels.json")]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_one_member_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, _ = write_members(tmp_path, labelled=0, waiting=3)
    assert main(["rank", first, "--annotations", str(tmp_path / "labels.json")]) == 1
    assert "wanted COCO results of at least two members" in capsys.readouterr().err
