"""A lens circle as a lead sends it."""

import pytest
from pydantic import ValidationError

from app.contract.cameras import LensMessage

CIRCLE = {"x": 300.5, "y": -2.0, "radius": 200}


def test_a_circle_or_the_word_that_there_is_none() -> None:
    assert LensMessage.model_validate({"image_id": 1, "lens": CIRCLE}).lens is not None
    assert LensMessage.model_validate({"image_id": 1, "lens": None}).lens is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"image_id": 1},
        {"image_id": 1, "lens": {**CIRCLE, "radius": 0}},
        {"image_id": 1, "lens": {**CIRCLE, "radius": 1e8}},
        {"image_id": 1, "lens": {**CIRCLE, "x": float("nan")}},
        {"image_id": 1, "lens": {**CIRCLE, "arc": 3}},
        {"image_id": -1, "lens": None},
    ],
)
def test_what_is_no_circle_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        LensMessage.model_validate(wrong)
