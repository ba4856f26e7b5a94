"""What is deleted for good is named whole, with a reason."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.contract.deletion import DeleteMessage

WHOLE: dict[str, Any] = {"kind": "image", "id": 1, "why": "asked for", "images": [1]}


@pytest.mark.parametrize(
    "changed", [{"kind": "camera"}, {"id": "1"}, {"id": -1}, {"why": "x" * 1101}, {"images": []}, {"images": ["1"]}]
)
def test_half_a_message_is_none(changed: dict[str, Any]) -> None:
    DeleteMessage.model_validate(WHOLE)
    with pytest.raises(ValidationError):
        DeleteMessage.model_validate(WHOLE | changed)
