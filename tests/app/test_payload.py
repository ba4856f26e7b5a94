"""The contract refuses what no browser of ours would send."""

import math
from typing import Any

import pytest
from pydantic import ValidationError

from app.payload import (
    AcceptMessage,
    AddPersonMessage,
    BoxPayload,
    EarlierPerson,
    ImagesMessage,
    LaunchMessage,
    PersonMessage,
    ReopenImageMessage,
    SkipMessage,
    StartPayload,
)

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


def test_a_box_is_upright_unless_turned() -> None:
    message = AddPersonMessage.model_validate({"key": "12345678", "image_id": 1, "box": BOX})
    assert message.box.angle == 0.0


def test_a_start_says_where_it_comes_from_in_the_contracts_word() -> None:
    start = StartPayload(xyv=[[0.0, 0.0, 0.0]], source="student", prediction_id=7)
    told = {"xyv": [[0.0, 0.0, 0.0]], "from": "student", "prediction_id": 7, "model": None}
    assert start.model_dump(by_alias=True) == told


def test_a_decision_has_a_box_only_where_it_changed() -> None:
    assert PersonMessage.model_validate(PERSON).box is None
    assert PersonMessage.model_validate({**PERSON, "box": {**BOX, "angle": -12.5}}).box == BoxPayload(
        **BOX, angle=-12.5
    )


def test_an_earlier_person_says_where_their_pose_comes_from_in_the_contracts_word() -> None:
    person = EarlierPerson(id=1, box=BoxPayload(**BOX), xyv=[[0.0, 0.0, 1.0]], source="model")
    assert person.model_dump(by_alias=True)["from"] == "model"
