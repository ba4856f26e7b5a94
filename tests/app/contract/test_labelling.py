"""The contract refuses what no browser of ours would send."""

import json
import math
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from pydantic import ValidationError

from app.contract.base import BoxMessage, BoxPayload, SkeletonPayload
from app.contract.labelling import (
    AcceptMessage,
    AddPersonMessage,
    EarlierPerson,
    ImagesMessage,
    NotAPersonMessage,
    PersonMessage,
    ReopenImageMessage,
    SkipMessage,
    StartPayload,
)
from app.contract.rounds import LaunchMessage
from sspcm.skeletons.skeleton import BUILT_IN

PERSON = {"key": "12345678", "person_id": 1, "revision": 0}
POSE = {**PERSON, "xyv": [[1.0, 2.0, 2]], "touched": [True]}
BOX = {"x": 1.0, "y": 2.0, "width": 3.0, "height": 4.0}


@pytest.mark.parametrize(
    ("message", "body"),
    [
        (AcceptMessage, {**POSE, "author": "somebody else"}),
        (AcceptMessage, {**POSE, "xyv": [[1.0, math.nan, 2]]}),
        (AcceptMessage, {**POSE, "xyv": [[1.0, 2.0]]}),
        (AcceptMessage, {**POSE, "key": "short"}),
        (AcceptMessage, {**POSE, "person_id": -1}),
        (AcceptMessage, {**POSE, "box": {**BOX, "x": math.nan}}),
        (PersonMessage, {**PERSON, "box": {**BOX, "colour": "red"}}),
        (ReopenImageMessage, {"key": "12345678"}),
        (SkipMessage, {**PERSON, "reason": ""}),
        (AddPersonMessage, {"key": "12345678", "image_id": 1, "box": {**BOX, "width": math.inf}}),
        (ImagesMessage, {"image_ids": list(range(101))}),
        (LaunchMessage, {"preset": "fast"}),
    ],
)
def test_what_does_not_fit_is_refused(message: Any, body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        message.model_validate(body)


NO_NUMBERS = ["1", True, None, [1], {}, 10**400, "0x1", "\u0661"]
NOT_WHOLE = [1.0, 1.5, -1, 2**31, 1e400]
POSES = {"key": "12345678", "person_id": 1, "revision": 0, "xyv": [[1, 2, 2]], "touched": [True], "started_from": 3}


@pytest.mark.parametrize("wrong", NO_NUMBERS + NOT_WHOLE)
@pytest.mark.parametrize("field", ["person_id", "revision"])
def test_a_rows_number_is_a_whole_number_and_nothing_that_looks_like_one(field: str, wrong: object) -> None:
    with pytest.raises(ValidationError):
        AcceptMessage.model_validate({**POSES, field: wrong})
    with pytest.raises(ValidationError):
        ImagesMessage.model_validate({"image_ids": [1, wrong]})


@pytest.mark.parametrize("wrong", [*NO_NUMBERS, 1e8, -1e300])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_coordinate_is_a_number_within_reach(place: int, wrong: object) -> None:
    xyv: list[object] = [1, 2.5, 2]
    xyv[place] = wrong
    with pytest.raises(ValidationError):
        AcceptMessage.model_validate({**POSES, "xyv": [xyv]})


@pytest.mark.parametrize("wrong", [*(one for one in NO_NUMBERS), 1e308, -1e8])
@pytest.mark.parametrize("field", ["x", "y", "width", "height", "angle"])
def test_a_drawn_box_has_numbers_within_reach(field: str, wrong: object) -> None:
    with pytest.raises(ValidationError):
        AddPersonMessage.model_validate({"key": "12345678", "image_id": 1, "box": {**BOX, field: wrong}})


@pytest.mark.parametrize("wrong", ["true", 1, 0, None])
def test_a_switch_is_true_or_false(wrong: object) -> None:
    with pytest.raises(ValidationError):
        AcceptMessage.model_validate({**POSES, "touched": [wrong]})
    with pytest.raises(ValidationError):
        NotAPersonMessage.model_validate({**PERSON, "withdrawn": wrong})


def test_whole_numbers_are_coordinates_too_as_javascript_writes_them() -> None:
    message = AcceptMessage.model_validate({**POSES, "box": {"x": 1, "y": 2, "width": 3, "height": 4, "angle": 90}})
    assert message.xyv == [[1.0, 2.0, 2.0]]
    assert message.box == BoxMessage(x=1.0, y=2.0, width=3.0, height=4.0, angle=90.0)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
        max_leaves=12,
    )
)
def test_whatever_comes_is_taken_as_it_is_or_refused(sent: Any) -> None:
    for field in ("xyv", "touched", "started_from", "box", "person_id"):
        try:
            message = AcceptMessage.model_validate({**POSES, field: sent})
        except ValidationError:
            continue
        taken = json.loads(message.model_dump_json())[field]
        assert field == "box" or np.array_equal(np.array(taken, float), np.array(sent, float), equal_nan=True)


def test_a_skeleton_tells_the_side_of_every_keypoint() -> None:
    assert SkeletonPayload.of(BUILT_IN["coco-17"]).sides[:3] == ["middle", "left", "right"]


def test_a_start_says_where_it_comes_from_in_the_contracts_word() -> None:
    start = StartPayload(xyv=[[0.0, 0.0, 0.0]], source="student", prediction_id=7)
    told = {"xyv": [[0.0, 0.0, 0.0]], "from": "student", "prediction_id": 7, "model": None, "undecided": []}
    assert start.model_dump(by_alias=True) == told | {"revision": None}


def test_a_decision_has_a_box_only_where_it_changed() -> None:
    assert PersonMessage.model_validate(PERSON).box is None
    assert PersonMessage.model_validate({**PERSON, "box": {**BOX, "angle": -12.5}}).box == BoxMessage(
        **BOX, angle=-12.5
    )


def test_an_earlier_person_says_where_their_pose_comes_from_in_the_contracts_word() -> None:
    person = EarlierPerson(id=1, box=BoxPayload(**BOX, angle=0.0), xyv=[[0.0, 0.0, 1.0]], source="model")
    assert person.model_dump(by_alias=True)["from"] == "model"
