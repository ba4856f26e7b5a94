"""`sspcm simulate`, as people type it, on the demo's drawn people."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from sspcm.__main__ import main
from sspcm.simulation.rows import key_of, read_rows
from tests.onnx_files import learning_movenet
from tests.sspcm.simulation.drawn import IMAGES, SEED


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    """One round of three labels, one step."""
    model = tmp_path / "small.onnx"
    model.write_bytes(learning_movenet())
    return [
        "simulate", str(SEED), "--images", str(IMAGES), "--model", str(model), "--acquisition", "random", "u3",
        "--seeds", "0", "--rounds", "1", "--per-round", "3", "--steps", "1", "--holdout", "0.3", "--validation", "8",
        "--set", "train.labelled_batch=2",
    ]  # fmt: skip


def without_seconds(folder: Path) -> list[dict]:
    rows = sorted(read_rows(folder).values(), key=key_of)
    return [{key: value for key, value in row.items() if key != "cpu_s"} for row in rows]


def test_the_parts_of_two_processes_add_up_to_the_whole_and_a_finished_one_does_nothing(command, tmp_path, capsys):
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    assert main([*command, "--out", str(whole)]) == 0
    told = capsys.readouterr()
    assert "u3 beside random, round 1, 1 seeds: actions" in told.out and "random, seed 0, round 1: 3 labels" in told.err
    assert main([*command, "--out", str(parts), "--part", "0/2"]) == 0
    assert {row["acquisition"] for row in without_seconds(parts)} == {"random"}
    assert main([*command, "--out", str(parts), "--part", "1/2"]) == 0
    assert without_seconds(parts) == without_seconds(whole) and len(without_seconds(whole)) == 4
    capsys.readouterr()
    assert main([*command, "--out", str(whole), "--json"]) == 0
    told = capsys.readouterr()
    assert told.err == "" and json.loads(told.out) == json.loads((whole / "summary.json").read_text())
    ElementTree.fromstring((whole / "curve.svg").read_text())


def test_a_folder_of_another_simulation_or_of_other_files_is_left(command, tmp_path, capsys):
    out = tmp_path / "out"
    assert main([*command, "--acquisition", "random", "--out", str(out)]) == 0
    assert main([*command, "--acquisition", "random", "--per-round", "4", "--out", str(out)]) == 1
    assert "another plan" in capsys.readouterr().err
    assert main([*command, "--out", str(tmp_path)]) == 1
    assert "holds other files" in capsys.readouterr().err


def test_what_it_costs_is_said_before_and_nothing_is_written(command, tmp_path, capsys):
    assert main([*command, "--dry-run", "--out", str(tmp_path / "out")]) == 0
    assert "2 trainings: about" in capsys.readouterr().out
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("option", "value", "wanted"),
    [
        ("--part", "2/2", "I from 0 to N - 1"),
        ("--holdout", "1.5", "a share between 0 and 1"),
        ("--per-round", "0", "1 or more"),
    ],
    ids=["part", "holdout", "per-round"],
)
def test_an_option_that_cannot_be_is_told(command, tmp_path, capsys, option, value, wanted):
    with pytest.raises(SystemExit):
        main([*command, option, value, "--out", str(tmp_path / "out")])
    assert wanted in capsys.readouterr().err


def test_a_model_that_is_none_is_told_in_one_line(command, tmp_path, capsys):
    (tmp_path / "small.onnx").write_bytes(b"no model")
    assert main([*command, "--out", str(tmp_path / "out")]) == 1
    assert "cannot be opened as an ONNX model" in capsys.readouterr().err
