"""`sspcm evaluate` measures a file of predictions, or a network itself, alike."""

import json

from sspcm.__main__ import main
from tests.sspcm.demo_people import IMAGES, WEIGHTS, few_people


def test_a_network_and_the_predictions_it_wrote_have_the_same_figures(tmp_path, capsys):
    people, found = str(few_people(tmp_path)), str(tmp_path / "found.json")
    seeing = [str(WEIGHTS), "--images", str(IMAGES), "--annotations", people, "--device", "cpu", "--network", "B"]
    assert main(["predict", *seeing, "--out", found]) == 0
    capsys.readouterr()
    told = []
    for arguments in (["--annotations", people, "--predictions", found, "--skeleton", "coco-17"], seeing):
        assert main(["evaluate", *arguments, "--json"]) == 0
        told.append(json.loads(capsys.readouterr().out))
    assert told[0] == told[1]
    assert 0 < told[0]["AP50"] <= 1 and 0.1 < told[0]["mean_OKS"] < 1 and len(told[0]["error"]) == 17
    assert told[0]["persons"] == told[0]["predictions"] - 1  # one of them is unlabelled
    assert main(["evaluate", "--annotations", people, "--predictions", found]) == 0
    table = capsys.readouterr().out
    assert "mean OKS" in table and "left_ankle" in table and "DONE" not in table


def test_neither_or_both_of_network_and_predictions_are_refused(tmp_path, capsys):
    people = str(few_people(tmp_path))
    for arguments in ([], [str(WEIGHTS)], [str(WEIGHTS), "--images", str(IMAGES), "--predictions", people]):
        assert main(["evaluate", *arguments, "--annotations", people, "--device", "cpu"]) == 1
        assert "wanted one of the two" in capsys.readouterr().err
    assert main(["evaluate", "--annotations", people, "--predictions", people, "--skeleton", "coco"]) == 1
    assert "Did you mean 'coco-17'?" in capsys.readouterr().err
