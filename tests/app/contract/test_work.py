"""What a lead's messages about work may be, and how a piece is told."""

import pytest
from pydantic import ValidationError

from app.contract.work import GiveWorkMessage, PiecePayload
from db.clock import utc_now
from db.records import UserRecord, WorkPerson, WorkRecord

GIVEN = {"people": [1], "cameras": []}


@pytest.mark.parametrize(
    "wrong", [{"people": []}, {"people": [-1]}, {"cameras": ["hall"]}, {"part": "x" * 257}, {"part": None}, {"more": 1}]
)
def test_what_does_not_fit_is_refused(wrong: dict[str, object]) -> None:
    assert GiveWorkMessage.model_validate(GIVEN).part == ""
    with pytest.raises(ValidationError):
        GiveWorkMessage.model_validate(GIVEN | wrong)


def test_a_piece_names_its_people_and_counts_its_images() -> None:
    ann = WorkPerson(UserRecord(id=1, name="ann", role="annotator"), is_disabled=True)
    piece = WorkRecord(
        id=3, camera_id=None, camera=None, part="night", given_at=utc_now(), people=(ann,), images=5, open=2
    )
    told = PiecePayload.of(piece)
    assert (told.camera, told.part, told.images, told.open) == (None, "night", 5, 2)
    assert [(one.name, one.is_disabled) for one in told.people] == [("ann", True)]
