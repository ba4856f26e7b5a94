"""The step and its parts, timed; and every other benchmark at least finds what it measures."""

import importlib
import json
from pathlib import Path

import pytest

from benchmarks.round_step import main

BENCHMARKS = sorted(path.stem for path in (Path(__file__).parents[2] / "benchmarks").glob("*.py"))


def test_a_step_takes_longer_than_each_of_its_parts(capsys):
    main(["--preset", "demo", "--steps", "1"])
    told = json.loads(capsys.readouterr().out)
    assert told["benchmark"] == "round_step" and told["step_in_forwards"] > 1
    assert told["seconds"]["step"] > max(told["seconds"][part] for part in ("labelled_view", "one_forward"))


@pytest.mark.parametrize("name", BENCHMARKS)
def test_what_a_benchmark_measures_is_there(name, monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "benchmarks"))  # they are run as files
    importlib.import_module(f"benchmarks.{name}")
