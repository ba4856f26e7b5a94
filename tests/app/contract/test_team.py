"""What the team's page and the server exchange."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.contract.team import AddAccountMessage, ChangeAccountMessage, MakeTokenMessage


@pytest.mark.parametrize(("kind", "sent"), [
    (AddAccountMessage, {"name": "ann", "role": "owner"}),
    (AddAccountMessage, {"name": "x" * 1001, "role": "lead"}),
    (AddAccountMessage, {"name": "ann", "role": "lead", "password": 12345678}),
    (AddAccountMessage, {"name": "ann", "role": "lead", "is_admin": True}),
    (ChangeAccountMessage, {"do": "delete"}),
    (MakeTokenMessage, {"name": "nightly", "scope": "all"}),
    (MakeTokenMessage, {"name": "nightly", "scope": "read", "days": 0}),
    (MakeTokenMessage, {"name": "nightly", "scope": "read", "days": 3651}),
])  # fmt: skip
def test_what_no_page_sends_is_refused(kind: type[Any], sent: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        kind.model_validate(sent)


def test_a_password_may_be_left_out_for_a_link_and_days_for_ever() -> None:
    assert AddAccountMessage.model_validate({"name": "ann", "role": "lead"}).password is None
    assert MakeTokenMessage.model_validate({"name": "nightly", "scope": "read"}).days is None
