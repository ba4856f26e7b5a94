"""Records become rows and come back without a digit lost."""

import math

import numpy as np
import pytest

from db.convert import camera_record, fields, finite, label_columns, label_of, lens_columns, person_score, score_columns
from db.records import KeypointFlag, MeasuredLens, PersonScore
from db.schema import CameraRow, LabelRow, PersonScoreRow
from sspcm.fisheye import LensCircle
from sspcm.pose import Label


@pytest.mark.parametrize("touched", [None, np.array([True, False])])
def test_a_label_comes_back_and_without_a_word_every_keypoint_was_touched(touched):
    label = Label(np.array([[0.1, 2 / 3, 2.0], [1e-9, 5.5, 0.0]]), author="ann", touched=touched, started_from=7)
    back = label_of(LabelRow(author="ann", revision=1, **label_columns(label)))
    np.testing.assert_array_equal(back.xyv, label.xyv)
    assert (back.author, back.started_from) == ("ann", 7)
    assert back.touched.tolist() == ([True, True] if touched is None else [True, False])


def test_a_lens_comes_back_and_none_empties_its_columns():
    lens = MeasuredLens(LensCircle(300.5, 250.25, 200.0), 640, 480, arc_degrees=180.0)
    row = CameraRow(id=1, name="hall", lens_source="set", is_fisheye=True, **lens_columns(lens))
    assert camera_record(row).lens == lens
    emptied = CameraRow(id=1, name="hall", lens_source="assumed", is_fisheye=True, **lens_columns(None))
    assert camera_record(emptied).lens is None


def test_a_score_comes_back_with_its_flags_and_with_nan_where_nothing_is_known():
    score = PersonScore(3, 0.5, (0.25, math.nan), (KeypointFlag(1, 0.75, "A and B disagree"),))
    columns = score_columns(score)
    assert columns["keypoints"] == [0.25, None]
    back = person_score(PersonScoreRow(**columns))
    assert (back.person_id, back.score, back.flags, back.keypoints[0]) == (3, 0.5, score.flags, 0.25)
    assert math.isnan(back.keypoints[1])


def test_what_json_cannot_hold_becomes_null_wherever_it_lies():
    found = finite({"ap": [math.nan, 0.5, (math.inf,)], 3: {"loss": -math.inf}, "device": "cpu"})
    assert found == {"ap": [None, 0.5, [None]], "3": {"loss": None}, "device": "cpu"}


@pytest.mark.parametrize(("stored", "shown"), [({"a": 1}, {"a": 1}), (None, {}), ([1], {}), ("a", {})])
def test_kept_fields_are_an_object_or_none(stored, shown):
    assert fields(stored) == shown
