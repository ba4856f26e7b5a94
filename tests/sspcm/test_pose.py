"""Labels, predictions and boxes are valid once built."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sspcm.pose import Box, Label, PersonInstance, PoseError, Prediction


@pytest.mark.parametrize(
    ("xyv", "said"),
    [
        (np.zeros((3, 2)), "K rows"),
        (np.array([[0.0, 0.0, 3.0]]), "visibility is 0, 1 or 2"),
        (np.array([[np.nan, 0.0, 2.0]]), "finite"),
    ],
)
def test_a_label_that_cannot_be_is_refused(xyv: np.ndarray, said: str) -> None:
    with pytest.raises(PoseError, match=said):
        Label(xyv)


def test_an_absent_keypoint_has_no_place_but_keeps_its_numbers() -> None:
    label = Label(np.array([[5.0, 6.0, 0.0], [1.0, 2.0, 1.0]]))
    assert np.isnan(label.xy[0]).all()
    assert label.xyv[0].tolist() == [5.0, 6.0, 0.0]
    assert label.labelled.tolist() == [False, True]


def test_a_label_cannot_be_written_to() -> None:
    with pytest.raises(ValueError, match="read-only"):
        Label(np.zeros((1, 3))).xyv[0, 0] = 1.0


def test_confidence_lies_between_zero_and_one() -> None:
    with pytest.raises(PoseError, match="confidence"):
        Prediction(np.array([[0.0, 0.0, 1.5]]), "C")


@pytest.mark.parametrize("values", [(0, 0, 0, 5), (0, 0, 5, -1), (0, float("nan"), 5, 5)])
def test_a_box_needs_a_size(values: tuple[float, float, float, float]) -> None:
    with pytest.raises(PoseError):
        Box(*values)


def test_a_person_without_an_area_takes_half_the_box() -> None:
    assert PersonInstance(Box(0, 0, 10, 20)).oks_area == pytest.approx(106.0)
    assert PersonInstance(Box(0, 0, 10, 20), area=70.0).oks_area == 70.0


def test_touched_needs_one_flag_a_keypoint() -> None:
    with pytest.raises(PoseError, match="touched needs 2 flags"):
        Label(np.ones((2, 3)), touched=np.array([True]))
    assert Label(np.ones((2, 3))).touched is not None


def test_an_upright_box_encloses_itself_and_a_quarter_turn_swaps_its_sides() -> None:
    box = Box(10, 20, 30, 60)
    assert box.enclosing is box
    around = Box(10, 20, 30, 60, angle=90).enclosing
    assert [around.x, around.y, around.width, around.height] == pytest.approx([-5, 35, 60, 30])
    assert around.angle == 0


@given(
    st.tuples(st.floats(-500, 2000), st.floats(-500, 2000), st.floats(1, 500), st.floats(1, 500), st.floats(-360, 360))
)
def test_a_turned_box_is_enclosed_as_opencv_has_it(values: tuple[float, float, float, float, float]) -> None:
    box = Box(*values)
    corners = cv2.boxPoints((box.centre, (box.width, box.height), box.angle))
    around = box.enclosing
    found = [around.x, around.y, around.x + around.width, around.y + around.height]
    assert found == pytest.approx([*corners.min(0), *corners.max(0)], abs=0.01)
    assert around.centre == pytest.approx(box.centre)
