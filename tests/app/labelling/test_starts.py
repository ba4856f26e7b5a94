"""Where a pose may begin, and in which order."""

import numpy as np

from app.labelling.starts import best_start, empty_start, every_start
from db.records import StoredPrediction
from sspcm.pose import Label, Prediction

LABEL = Label(np.array([[1.0, 2.0, 0.0], [3.0, 4.0, 1.0], [5.0, 6.0, 2.0]]), started_from=7)
XYC = np.array([[1.0, 2.0, 0.0], [3.0, 4.0, 0.19], [5.0, 6.0, 0.2]])
STUDENT = StoredPrediction(1, 9, 3, Prediction(XYC, "C"))
MODEL = StoredPrediction(2, 9, None, Prediction(XYC, "dots"))


def test_a_label_comes_before_the_student_and_the_student_before_an_imported_model() -> None:
    for label, student, imported, source in (
        (LABEL, STUDENT, MODEL, "label"),
        (None, STUDENT, MODEL, "student"),
        (None, None, MODEL, "model"),
    ):
        start = best_start(label, student, imported)
        assert start is not None
        assert start.source == source
    assert best_start(None, None, None) is None
    assert [start.source for start in every_start(LABEL, STUDENT, MODEL)] == ["label", "student", "model"]
    assert every_start(None, None, None) == []


def test_confidence_becomes_visibility_and_only_a_model_may_not_know_a_keypoint() -> None:
    student, model = every_start(None, STUDENT, MODEL)
    assert [v for _, _, v in student.xyv] == [1.0, 1.0, 2.0]
    assert [v for _, _, v in model.xyv] == [0.0, 1.0, 2.0]
    assert [row[:2] for row in model.xyv] == XYC[:, :2].tolist()
    assert ((student.prediction_id, student.model), (model.prediction_id, model.model)) == ((1, None), (2, "dots"))


def test_a_label_starts_as_it_was_placed_and_nothing_starts_absent() -> None:
    (start,) = every_start(LABEL, None, None)
    assert (start.xyv, start.prediction_id) == (LABEL.xyv.tolist(), 7)
    assert (empty_start(2).xyv, empty_start(2).source) == ([[0.0, 0.0, 0.0]] * 2, "empty")
