"""Where a pose may begin, and in which order."""

from typing import Any

import numpy as np

from app.labelling.starts import best_start, empty_start, every_start
from db.records import StartsChoice, StartsFrom, StoredPrediction
from sspcm.evaluation.visibility import fit_visibility
from sspcm.pose import Label, Prediction

LABEL = Label(np.array([[1.0, 2.0, 0.0], [3.0, 4.0, 1.0], [5.0, 6.0, 2.0]]), started_from=7)
XYC = np.array([[1.0, 2.0, 0.0], [3.0, 4.0, 0.19], [5.0, 6.0, 0.2]])
STUDENT = StoredPrediction(1, 9, 3, Prediction(XYC, "C"))
MODEL = StoredPrediction(2, 9, None, Prediction(XYC, "dots"))


def sources(*found: Any, prefer: StartsFrom) -> list[str]:
    return [start.source for start in every_start(*found, choice=StartsChoice(prefer))]


def test_a_label_comes_before_the_network_that_is_preferred_and_that_before_the_other() -> None:
    assert sources(LABEL, STUDENT, MODEL, prefer="student") == ["label", "student", "model"]
    assert sources(LABEL, STUDENT, MODEL, prefer="imported") == ["label", "model", "student"]
    assert sources(None, STUDENT, None, prefer="imported") == ["student"], "the model did not predict this person"
    assert sources(None, None, MODEL, prefer="student") == ["model"]
    assert sources(None, None, None, prefer="student") == []


def test_the_best_start_is_the_first_of_all() -> None:
    start = best_start(None, STUDENT, MODEL, choice=StartsChoice("imported"))
    assert start is not None and start.source == "model"
    assert best_start(None, None, None, choice=StartsChoice()) is None


def test_confidence_becomes_visibility_and_only_a_model_may_not_know_a_keypoint() -> None:
    student, model = every_start(None, STUDENT, MODEL, choice=StartsChoice("student"))
    assert [v for _, _, v in student.xyv] == [1.0, 1.0, 2.0]
    assert [v for _, _, v in model.xyv] == [0.0, 1.0, 2.0]
    assert [row[:2] for row in model.xyv] == XYC[:, :2].tolist()
    assert (student.prediction_id, student.model) == (1, "round 3's student")
    assert (model.prediction_id, model.model) == (2, "dots")
    assert (student.undecided, model.undecided) == ([], [0])


def test_a_label_starts_as_it_was_placed_and_nothing_starts_absent() -> None:
    (start,) = every_start(LABEL, None, None, choice=StartsChoice("student"))
    assert (start.xyv, start.prediction_id) == (LABEL.xyv.tolist(), 7)
    assert (empty_start(2).xyv, empty_start(2).source) == ([[0.0, 0.0, 0.0]] * 2, "empty")


def test_labels_teach_which_keypoints_start_visible_hidden_or_absent_each_network_on_its_own() -> None:
    """Here people call everything hidden, however sure the student is; of the model nothing is known."""
    confidence = np.random.default_rng(0).uniform(0, 1, (60, 3))
    fitted = fit_visibility(confidence, np.full((60, 3), 1), np.arange(60))
    assert fitted is not None
    choice = StartsChoice("student", visibility={"student": fitted.to_json()})
    student, model = every_start(None, STUDENT, MODEL, choice=choice)
    assert [v for _, _, v in student.xyv] == [1.0, 1.0, 1.0]
    assert [v for _, _, v in model.xyv] == [0.0, 1.0, 2.0]


def test_a_keypoint_that_a_model_saw_nothing_of_starts_as_labels_call_it_an_unknown_one_absent() -> None:
    """Here nobody ever says absent. The last keypoint is none of the model's: it has no place."""
    confidence = np.random.default_rng(0).choice([0.0, 0.05, 0.6], (60, 3))
    fitted = fit_visibility(confidence, np.full((60, 3), 1), np.arange(60))
    assert fitted is not None
    xyc = np.array([[1.0, 2.0, 0.0], [3.0, 4.0, 0.6], [0.0, 0.0, 0.0]])
    saw_nothing = StoredPrediction(2, 9, None, Prediction(xyc, "dots"))
    for taught, wanted in ((True, [1.0, 1.0, 0.0]), (False, [0.0, 2.0, 0.0])):
        choice = StartsChoice("imported", visibility={"imported": fitted.to_json()} if taught else {})
        (start,) = every_start(None, None, saw_nothing, choice=choice)
        assert [v for _, _, v in start.xyv] == wanted


def taught(visibility: int) -> dict[StartsFrom, Any]:
    """Of either network, by people who call everything so."""
    confidence = np.random.default_rng(0).uniform(0, 1, (60, 3))
    fitted = fit_visibility(confidence, np.full((60, 3), visibility), np.arange(60))
    assert fitted is not None
    return {"student": fitted.to_json(), "imported": fitted.to_json()}


def test_what_labels_taught_to_be_absent_is_decided_and_keeps_its_place() -> None:
    for start in every_start(None, STUDENT, MODEL, choice=StartsChoice("student", visibility=taught(0))):
        assert start.xyv == [[1.0, 2.0, 0.0], [3.0, 4.0, 0.0], [5.0, 6.0, 0.0]]
        assert start.undecided == []


def test_a_keypoint_that_a_model_does_not_know_is_absent_by_labels_and_else_to_be_placed() -> None:
    knows_two = StoredPrediction(3, 9, None, Prediction(np.array([[0.0, 0, 0], [3, 4, 0], [5, 6, 0.2]]), "dots"))
    (absent,) = every_start(None, None, knows_two, choice=StartsChoice(visibility=taught(0)))
    (hidden,) = every_start(None, None, knows_two, choice=StartsChoice(visibility=taught(1)))
    assert ([v for _, _, v in absent.xyv], absent.undecided) == ([0.0, 0.0, 0.0], [])
    assert ([v for _, _, v in hidden.xyv], hidden.undecided) == ([0.0, 1.0, 1.0], [0])
