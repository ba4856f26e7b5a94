"""Copies of a person: seen upright, put back exactly, and told apart in words."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.prelabel import labelled_persons
from sspcm.evaluation.metrics import oks
from sspcm.fisheye import LensCircle
from sspcm.geometry import apply, crop_matrix, gain
from sspcm.pose import Box, Label
from sspcm.pose_models.copies import COPIES, Person, copy_matrices, judge, see_copies
from sspcm.pose_models.layouts import COCO, PoseModelError
from sspcm.pose_models.model import PoseModel, read_pose_model
from sspcm.ranking.inconsistency import CLOSE, CLOSER, middle_answers
from sspcm.skeletons.skeleton import Skeleton, get_skeleton
from tests.onnx_files import heatmaps, movenet, simcc

COCO_17 = get_skeleton("coco-17")
LEFT_KNEE, RIGHT_WRIST, NOSE = (COCO.index(name) for name in ("left_knee", "right_wrist", "nose"))
MODELS = {"movenet": movenet(96), "heatmaps": heatmaps(96, 72, stride=1), "simcc": simcc(96, 72)}
LENS = LensCircle(100.0, 100.0, 100.0)


def dots(**places: tuple[int, int]) -> np.ndarray:
    """A black image with a red, green or blue pixel at x, y, softened by its neighbours so that a turn keeps it."""
    image = np.zeros((200, 200, 3), np.uint8)
    for colour, (x, y) in places.items():
        channel = ("red", "green", "blue").index(colour)
        image[y - 1 : y + 2, x - 1 : x + 2, channel] = 120
        image[y, x, channel] = 255
    return image


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("right_of_the_lens", [True, False])
def test_every_copy_finds_the_same_places_of_the_image(name: str, right_of_the_lens: bool) -> None:
    """The person lies on their side, head away from the lens: left of them is a place that a turn must find."""
    model = PoseModel(MODELS[name], name="dots")
    # Upright, "left" (image right of a person who faces us) is down in the image right of the lens, up left of it.
    (x, y), side = ((150, 100), 1) if right_of_the_lens else ((50, 100), -1)
    knee, wrist = (x - 5 * side, y + 9 * side), (x + 4 * side, y - 8 * side)
    person = Person(dots(blue=knee, green=wrist), Box(x - 20, y - 20, 40, 40), LENS, area=800.0)
    seen = see_copies(model, [person])
    assert seen.shape == (len(COPIES), 1, 17, 3)
    assert np.abs(seen[:, 0, LEFT_KNEE, :2] - knee).max() < 1.0
    assert np.abs(seen[:, 0, RIGHT_WRIST, :2] - wrist).max() < 1.0


def test_a_crop_that_falls_on_whole_pixels_gives_the_very_pixel_back() -> None:
    model = PoseModel(movenet(92), name="dots")
    # 80 px wide times 1.15 is the model's 92; the box's centre lies between pixels, as the crop's does.
    person = Person(dots(blue=(121, 93)), Box(59.5, 59.5, 80, 80), None, area=800.0)
    assert np.allclose(see_copies(model, [person])[0, 0, LEFT_KNEE, :2], (121, 93), atol=1e-6)


@given(st.floats(-500, 2500), st.floats(-500, 2500), st.floats(2, 900), st.floats(2, 900), st.floats(-180, 180))
def test_copies_lead_back_to_the_image_exactly(x: float, y: float, width: float, height: float, angle: float) -> None:
    upright = crop_matrix(Box(x, y, width, height, angle), lens=LENS, height=256, width=192, scale=1.25)
    places = np.random.default_rng(0).uniform(-1000, 3000, (40, 2))
    for matrix in copy_matrices(upright, height=256, width=192):
        assert np.abs(apply(np.linalg.inv(matrix), apply(matrix, places)) - places).max() < 1e-6


def test_a_mirrored_crop_is_its_own_mirror() -> None:
    _, mirrored, *_ = copy_matrices(np.eye(3), height=9, width=7)
    assert np.allclose(mirrored @ mirrored, np.eye(3))
    assert np.allclose(apply(mirrored, np.array([0.0, 4.0])), (6.0, 4.0))


def test_the_last_copies_show_the_middle_larger_each_than_the_one_before() -> None:
    plain, *_, close, closer = copy_matrices(np.eye(3), height=9, width=7)
    assert [gain(one) for one in (plain, close, closer)] == pytest.approx([1.0, CLOSE, CLOSER])
    assert 1.0 < CLOSE < CLOSER
    assert np.allclose([apply(one, np.array([3.0, 4.0])) for one in (plain, close, closer)], (3.0, 4.0))


def test_the_answer_that_the_others_lie_nearest_to_is_taken() -> None:
    answers = np.zeros((4, 1, 1, 3))
    answers[:, 0, 0] = [(90, 0, 0.9), (10, 0, 0.1), (12, 0, 0.2), (15, 0, 0.3)]
    assert middle_answers(answers)[0, 0].tolist() == [12.0, 0.0, 0.2]


class Scripted(PoseModel):
    """A model that says what it is told to, copy by copy, in crop pixels: what follows is under test, not the model."""

    def __init__(self, answers: np.ndarray) -> None:
        super().__init__(movenet(64), name="scripted")
        self._answers = list(answers)

    def run(self, crops: np.ndarray) -> np.ndarray:
        return np.repeat(self._answers.pop(0)[None], len(crops), axis=0)


def judged(answers: np.ndarray, skeleton: Skeleton = COCO_17):
    person = Person(np.zeros((64, 64, 3), np.uint8), Box(0.5, 0.5, 64 / 1.15, 64 / 1.15), None, area=900.0)
    return judge(Scripted(answers), [person], skeleton=skeleton)[0]


def agreeing() -> np.ndarray:
    """Answers that mean the same place in every copy: the crop's middle, which mirrors, turns and grows onto itself."""
    return np.full((len(COPIES), 17, 3), (31.5, 31.5, 0.9))


def test_copies_that_agree_leave_nothing_in_doubt() -> None:
    found = judged(agreeing())
    assert found.reasons == {}
    assert found.inconsistency == pytest.approx(np.zeros(17), abs=1e-9)
    assert found.prediction.network == "scripted"


def test_a_keypoint_that_turned_copies_see_apart_is_doubted_in_words() -> None:
    answers = agreeing()
    # Up and down by 15 px in their crops: 29 px apart once turned back by 12 degrees each.
    answers[2, LEFT_KNEE, :2], answers[3, LEFT_KNEE, :2] = (31.5, 16.5), (31.5, 46.5)
    assert judged(answers).reasons == {LEFT_KNEE: "left knee: 29 px apart in turned copies"}


def test_a_keypoint_that_the_mirror_moves_is_doubted_in_words() -> None:
    answers = agreeing()
    answers[1, COCO.index("right_knee"), :2] = (31.5, 51.5)  # in the mirror, the right knee is the left one
    answers[0, LEFT_KNEE, :2] = (31.5, 31.4)  # so that no other copy lies as far from it by rounding
    assert judged(answers).reasons == {LEFT_KNEE: "left knee: 20 px away in a mirrored copy"}


def test_a_keypoint_that_a_closer_look_moves_is_doubted_in_words() -> None:
    answers = agreeing()
    answers[0, :, :2] = (31.4, 31.4)  # so that no other copy lies as far from theirs by rounding
    answers[4, NOSE, :2], answers[5, LEFT_KNEE, :2] = (31.5 + 24, 31.5), (31.5, 31.5 + 29)
    answers[4, RIGHT_WRIST, :2], answers[5, RIGHT_WRIST, :2] = (31.5, 31.5 + 24), (31.5, 31.5 - 29)
    assert judged(answers).reasons == {
        NOSE: "nose: 20 px away in a close copy",
        LEFT_KNEE: "left knee: 20 px away in a closer copy",
        RIGHT_WRIST: "right wrist: 40 px apart in a close and a closer copy",
    }


def test_a_keypoint_of_which_the_model_is_unsure_is_doubted_too() -> None:
    answers = agreeing()
    answers[:, RIGHT_WRIST, 2] = answers[:, COCO.index("left_wrist"), 2] = 0.12
    answers[0, NOSE, :2], answers[1, NOSE, :2] = (31.5, 31.4), (31.5, 51.5)
    assert list(judged(answers).reasons.values()) == [
        "nose: 20 px away in a mirrored copy",
        "left wrist: the model is unsure (12 %)",
        "right wrist: the model is unsure (12 %)",
    ]


def test_a_keypoint_that_no_copy_is_sure_of_and_none_confirms_is_predicted_absent() -> None:
    answers = agreeing()
    answers[:, [NOSE, LEFT_KNEE], 2] = 0.05
    answers[:, NOSE, 0] = [10.0, 20.0, 40.0, 60.0, 0.0, 70.0]
    confidence = judged(answers).prediction.confidence
    assert (confidence[NOSE], confidence[LEFT_KNEE]) == (0.0, 0.05), "the copies agree about the knee"
    answers[2, NOSE, 2] = 0.4
    assert judged(answers).prediction.confidence[NOSE] > 0, "one copy is sure"


def test_keypoints_are_matched_by_name_and_unknown_ones_are_left_without_a_place() -> None:
    skeleton = get_skeleton("wepdtof-14")
    found = judged(agreeing(), skeleton)
    neck, shoulder = skeleton.keypoints.index("neck"), skeleton.keypoints.index("left_shoulder")
    assert found.prediction.xyc[neck].tolist() == [0.0, 0.0, 0.0]
    assert found.prediction.xyc[shoulder, 2] == 0.9
    assert np.isnan(found.inconsistency[neck]) and np.isfinite(found.inconsistency[shoulder])


def test_a_skeleton_without_any_name_of_the_models_is_refused() -> None:
    skeleton = Skeleton("paw", ("front_paw", "tail"), ((0, 1),), (0, 1), (0.07, 0.07))
    with pytest.raises(PoseModelError, match=r"knows no keypoint of skeleton 'paw'.*front_paw, tail"):
        judged(agreeing(), skeleton)


def test_movenet_finds_people_under_a_real_fisheye(real_weights, real_data) -> None:
    """They were proposed by this model on such crops, then reviewed: it shows that crops and mapping hold."""
    model = read_pose_model(real_weights("movenet_thunder_256.onnx"))
    persons = labelled_persons(real_data("fisheye"), limit=6)
    found = judge(model, [one.person for one in persons], skeleton=COCO_17)
    scores = [
        oks(one.prediction.xy, truth.label, area=truth.person.area, sigmas=COCO_17.sigma_array)
        for one, truth in zip(found, persons, strict=True)
    ]
    assert isinstance(persons[0].label, Label)
    assert np.mean(scores) > 0.9
