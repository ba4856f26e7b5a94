"""Boxes as they travel."""

import pytest
from pydantic import ValidationError

from app.contract.base import BoxPayload
from app.contract.labelling import (
    AddPersonMessage,
    PersonMessage,
)
from sspcm.pose import Box

PERSON = {"key": "12345678", "person_id": 1, "revision": 0}
BOX = {"x": 1.0, "y": 2.0, "width": 3.0, "height": 4.0}


@pytest.mark.parametrize("angle", [-360.1, 361, 1e308])
def test_a_box_is_turned_once_round_at_most(angle: float) -> None:
    with pytest.raises(ValidationError):
        PersonMessage.model_validate({**PERSON, "box": {**BOX, "angle": angle}})


@pytest.mark.parametrize(("angle", "shown"), [(725.0, 5.0), (-361.0, -1.0), (360.0, 360.0), (1e308, None)])
def test_a_box_that_a_file_turned_often_can_be_sent_back(angle: float, shown: float | None) -> None:
    payload = BoxPayload.of(Box(1.0, 2.0, 3.0, 4.0, angle))
    assert shown is None or payload.angle == pytest.approx(shown)
    PersonMessage.model_validate({**PERSON, "box": payload.model_dump()})


def test_a_box_is_upright_unless_turned() -> None:
    message = AddPersonMessage.model_validate({"key": "12345678", "image_id": 1, "box": BOX})
    assert message.box.angle == 0.0
