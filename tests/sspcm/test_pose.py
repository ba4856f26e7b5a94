"""Labels, predictions and boxes are valid once built."""

import numpy as np
import pytest

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
