"""A small project, round by round, with real trainings of a small model of MoveNet's build."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from sspcm.config import METHODS, PRESETS
from sspcm.simulation import learning, running
from sspcm.simulation.learning import shortened
from sspcm.simulation.people import SimulationError, read_everybody
from sspcm.simulation.rows import Run
from sspcm.simulation.running import Plan, Simulation, require_enough, simulate
from tests.onnx_files import learning_movenet
from tests.sspcm.simulation.drawn import IMAGES, SEED, said

EVERYBODY = read_everybody(SEED, IMAGES, plain=False)


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """Two rounds of four labels, two steps each."""
    path = tmp_path / "small.onnx"
    path.write_bytes(learning_movenet())
    config = shortened(PRESETS["imported"], 2)
    model = replace(config.model, weights=str(path), input_height=64, input_width=64)
    config = replace(config, model=model, train=replace(config.train, labelled_batch=2, unlabelled_batch=2))
    return Plan(config, rounds=2, per_round=4, holdout=0.3, validation=8)


def simulation(plan: Plan, folder: Path) -> Simulation:
    looks = np.random.default_rng(0).normal(size=(len(EVERYBODY), 4))
    return Simulation(EVERYBODY, said(EVERYBODY, off=1.0), looks, plan, folder, torch.device("cpu"))


def rows_of(plan: Plan, folder: Path, name: str) -> list[dict]:
    return list(simulate(simulation(plan, folder), Run(name, 0), lambda: 0.0))


def test_each_round_has_more_labels_and_a_run_that_was_killed_goes_on_to_the_same_rows(plan, tmp_path, monkeypatch):
    whole = rows_of(plan, tmp_path / "whole", "fitted")
    assert [row["labels"] for row in whole] == [0, 4, 8]
    assert [row["rest"]["people"] for row in whole] == sorted((row["rest"]["people"] for row in whole), reverse=True)
    assert len(set(whole[1]["chosen"] + whole[2]["chosen"])) == 8
    assert all(row["actions_each"] and min(row["actions_each"]) >= 1 for row in whole[1:])

    trained = []

    def dying(folder, *, device):
        trained.append(folder.name)
        if len(trained) == 2:
            raise KeyboardInterrupt
        return real(folder, device=device)

    real = learning.run_round
    monkeypatch.setattr(learning, "run_round", dying)
    with pytest.raises(KeyboardInterrupt):
        rows_of(plan, tmp_path / "killed", "fitted")
    assert rows_of(plan, tmp_path / "killed", "fitted") == whole
    assert trained == ["fitted-seed0-round1", "fitted-seed0-round2", "fitted-seed0-round2"]
    assert not list((tmp_path / "killed").rglob("*.safetensors"))


def test_a_later_round_begins_at_the_published_one_unless_told_to_begin_anew(plan, tmp_path):
    def begun_at(folder: Path) -> list[str]:
        manifests = sorted(folder.rglob("manifest.json"))
        return [Path(json.loads(one.read_text())["config"]["model"]["weights"]).name for one in manifests]

    gone_on = rows_of(plan, tmp_path / "on", "u3")
    assert gone_on[1]["is_published"]
    assert begun_at(tmp_path / "on") == ["small.onnx", "u3-seed0-round1"]
    rows_of(replace(plan, anew=True), tmp_path / "anew", "u3")
    assert begun_at(tmp_path / "anew") == ["small.onnx", "small.onnx"]


@pytest.mark.parametrize("method", ["sspcm", "multiaugs"])
def test_methods_that_learn_from_people_who_wait_are_simulated_too(plan, tmp_path, method):
    plan = replace(plan, rounds=1, config=replace(plan.config, method=METHODS[method]))
    before, after = rows_of(plan, tmp_path / method, "random")
    assert before["held_out"]["groups"] == after["held_out"]["groups"] and after["labels"] == 4


def test_everybody_at_once_is_one_round_without_a_rest(plan, tmp_path):
    _, after = rows_of(plan, tmp_path / "all", "all")
    assert after["rest"] == {"people": 0, "oks": None, "actions": 0}


def test_the_same_people_are_held_out_for_every_way_to_choose(plan, tmp_path, monkeypatch):
    monkeypatch.setattr(running, "learn", lambda *_, name, **__: said(EVERYBODY, off=0.5, seed=3, name=name))
    one, other = (rows_of(plan, tmp_path / name, name) for name in ("random", "u3"))
    assert [row["held_out"] for row in one] == [row["held_out"] for row in other]
    assert one[1]["chosen"] != other[1]["chosen"]


def test_a_pool_that_is_used_up_is_told_before_any_work(plan):
    require_enough(EVERYBODY, plan, [0])
    with pytest.raises(SimulationError, match=r"wanted at least 400 \(2 rounds of 200\)"):
        require_enough(EVERYBODY, replace(plan, per_round=200), [0])


def test_a_training_that_fails_says_why(plan, tmp_path):
    broken = replace(plan, config=replace(plan.config, model=replace(plan.config.model, weights="gone.onnx")))
    with pytest.raises(SimulationError, match="no ONNX file"):
        rows_of(broken, tmp_path / "broken", "random")
