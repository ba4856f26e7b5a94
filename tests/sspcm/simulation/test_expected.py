"""What a simulation costs is told before it begins."""

from dataclasses import replace

import torch

from sspcm.config import PRESETS
from sspcm.pose_models.model import PoseModel
from sspcm.simulation.expected import expect
from sspcm.simulation.learning import shortened
from sspcm.simulation.rows import all_runs
from sspcm.simulation.running import Plan
from tests.onnx_files import learning_movenet
from tests.sspcm.simulation.drawn import drawn_people


def test_trainings_are_counted_and_more_steps_cost_more(tmp_path):
    content = learning_movenet()
    (tmp_path / "small.onnx").write_bytes(content)
    config = shortened(PRESETS["imported"], 2)
    model = replace(config.model, weights=str(tmp_path / "small.onnx"), input_height=64, input_width=64)
    plan = Plan(replace(config, model=model), rounds=2, per_round=4, holdout=0.3, validation=5)
    runs = all_runs(["random", "u3", "all"], [0, 1])
    looked = PoseModel(content, name="small")
    told = expect(drawn_people(), looked, plan, runs, is_seen=True, device=torch.device("cpu"))
    assert told.trainings == 2 * (2 + 2 + 1)
    assert told.looking_s == 0 < min(told.training_s, told.predicting_s)
    assert str(told).startswith("10 trainings: about ")
