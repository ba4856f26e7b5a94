"""The imported model looks once, and what it said is kept."""

import numpy as np

from sspcm.pose import Box
from sspcm.pose_models.model import PoseModel
from sspcm.simulation.people import read_everybody
from sspcm.simulation.seeing import KEPT_AS, look_of, see_everybody
from tests.onnx_files import learning_movenet
from tests.sspcm.simulation.drawn import IMAGES, SEED


def test_what_was_seen_is_read_and_another_model_looks_anew(tmp_path):
    everybody, looked = read_everybody(SEED, IMAGES, plain=False, most=4), []
    model = PoseModel(learning_movenet(), name="small")
    first, looks = see_everybody(model, everybody, tmp_path, looked.append)
    again, same_looks = see_everybody(model, everybody, tmp_path, looked.append)
    assert sum(looked) == len(everybody)
    assert np.array_equal(first.xyc, again.xyc) and np.array_equal(first.inconsistency, again.inconsistency)
    assert np.array_equal(looks, same_looks) and looks.shape == (len(everybody), 256)
    other, _ = see_everybody(PoseModel(learning_movenet(seed=1), name="small"), everybody, tmp_path, looked.append)
    assert sum(looked) == 2 * len(everybody)
    assert not np.array_equal(first.xyc, other.xyc) and (tmp_path / KEPT_AS).exists()


def test_a_look_is_of_mean_nought_and_nothing_outside_the_image():
    image = np.random.default_rng(0).integers(0, 255, (50, 60, 3), dtype=np.uint8)
    look = look_of(image, Box(10, 10, 30, 30))
    assert abs(look.mean()) < 1e-6 and abs(look.std() - 1) < 1e-3
    assert not look_of(image, Box(200, 200, 10, 10)).any()
