"""The card of an exported network tells where it comes from."""

import hashlib
import json

import pytest

from sspcm.models.card import read_training, write_readme
from sspcm.models.checkpoint import CheckpointError
from sspcm.skeletons.skeleton import get_skeleton

CARD = {
    "network": "C",
    "backbone": "resnet18",
    "imported": None,
    "skeleton": get_skeleton("wepdtof-14").to_json(),
    "run": {
        "input": {"name": "image", "layout": "planes", "type": "float32", "height": 256, "width": 192,
                  "mean": [1.0, 2.0, 3.0], "std": [4.0, 5.0, 6.0],
                  "outside": [7.0, 8.0, 9.0]},
        "output": {"name": "heatmaps", "kind": "heatmaps", "stride": 4},
        "box_scale": 1.25,
        "orientation": "image",
        "flip": False,
    },
    "check": {"crops": 4, "largest_difference": 3e-7, "tolerance": 1e-4},
    "made_by": {"sspcm": "0.1.0"},
    "sha256": {"student.onnx": "ab12"},
}  # fmt: skip


def test_a_rounds_data_figures_and_warnings_come_along(make_round):
    folder = make_round()
    report = {"ap": {"A": {"AP": 0.1}, "C": {"AP": 0.3, "AR": None}}, "persons": {"labelled": 3}, "warnings": ["few"]}
    (folder / "report.json").write_text(json.dumps(report))
    told = read_training(folder, "C")
    assert told["data_version"] == hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
    assert (told["round"], told["seed"], told["steps"]) == ("round", 3, 6)
    readme = write_readme(CARD | {"training": told})
    assert (
        "On its validation persons: AP 0.3\n" in readme and "Persons: 3 labelled\n" in readme and "Note: few" in readme
    )
    (folder / "report.json").write_text(json.dumps(report | {"pseudo_labelled": 2}))
    readme = write_readme(CARD | {"training": read_training(folder, "C")})
    assert "labelled; 2 of the unlabelled with what another pose model says of them\n" in readme


def test_weights_without_a_report_have_no_story(tmp_path):
    assert read_training(tmp_path, "A") is None
    readme = write_readme(CARD | {"training": None})
    assert "where they come from is not known" in readme
    assert "float32 [N, 14, 64, 48]" in readme and "crop = [95.5, 127.5] + g R(-up)" in readme
    assert "up = 0" in readme and "atan2" not in readme
    assert max(map(len, readme.splitlines()[:4])) < 400


def test_a_network_that_was_imported_names_its_model_and_how_it_answers():
    rows = {"name": "image", "layout": "rows", "type": "int32"}
    run = CARD["run"] | {
        "input": CARD["run"]["input"] | rows,
        "output": {"name": "poses", "kind": "coordinates"},
    }
    imported = {"name": "movenet_lightning_192", "kind": "movenet", "sha256": "cd34"}
    readme = write_readme(CARD | {"training": None, "run": run, "imported": imported})
    assert "Network C (trained on from movenet_lightning_192) of sspcm" in readme
    assert "int32 [N, 256, 192, 3], red, green, blue from 0 to 255" in readme
    assert "float32 [N, 1, 14, 3]; y and x" in readme and "crop pixel x is x times 192" in readme
    assert "So does the licence of movenet_lightning_192" in readme and "heatmap" not in readme


def test_simccs_two_axes_are_told_with_their_bins():
    run = CARD["run"] | {"output": {"name": "simcc_x", "kind": "axes", "down": "simcc_y", "ratio": 2}}
    readme = write_readme(CARD | {"training": None, "run": run})
    assert "`simcc_x` and `simcc_y`: float32 [N, 14, 384] and [N, 14, 512]" in readme and "crop pixel i / 2" in readme


def test_a_broken_report_is_named(tmp_path):
    (tmp_path / "report.json").write_text("{")
    with pytest.raises(CheckpointError, match=r"report\.json is not readable JSON"):
        read_training(tmp_path, "A")
