"""A round's word on those who wait and on the others, and on nobody else."""

from dataclasses import replace

import numpy as np
import torch

from sspcm.config import PRESETS
from sspcm.simulation.learning import Lesson, learn, shortened
from tests.onnx_files import learning_movenet
from tests.sspcm.simulation.drawn import drawn_people

EVERYBODY = drawn_people()


def test_the_members_answers_are_compared_of_those_who_wait_alone(tmp_path):
    (tmp_path / "small.onnx").write_bytes(learning_movenet())
    config = shortened(PRESETS["imported"], 2)
    model = replace(config.model, weights=str(tmp_path / "small.onnx"), input_height=64, input_width=64)
    config = replace(config, model=model, train=replace(config.train, labelled_batch=2))
    lesson = Lesson(np.arange(4), np.arange(4, 9), np.arange(20, 23), compared=True)
    said = learn(tmp_path / "one", lesson, EVERYBODY, config, name="round 1", device=torch.device("cpu"))
    seen, compared = (np.flatnonzero(np.isfinite(one).all(axis=axes)) for one, axes in
                      ((said.xyc, (1, 2)), (said.inconsistency, 1)))  # fmt: skip
    assert seen.tolist() == [*range(4, 9), *range(20, 23)] and compared.tolist() == [*range(4, 9)]
    unasked = replace(lesson, compared=False)
    alone = learn(tmp_path / "two", unasked, EVERYBODY, config, name="round 1", device=torch.device("cpu"))
    assert np.isnan(alone.inconsistency).all()
    assert np.allclose(alone.xyc[seen], said.xyc[seen], atol=1e-3)


def test_a_short_training_still_refreshes_its_snapshots():
    assert shortened(PRESETS["imported"], 20).train.snapshot_every == 10
    assert shortened(PRESETS["imported"], 1).train.snapshot_every == 1
    assert shortened(PRESETS["imported"], 1000).train.snapshot_every == PRESETS["imported"].train.snapshot_every
