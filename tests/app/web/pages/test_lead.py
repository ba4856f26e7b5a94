"""The lead's page offers what can be done now."""

from typing import Any

import pytest

from app.web.pages.lead import _launch_button


@pytest.mark.parametrize(
    ("latest", "pressable"),
    [
        (None, True),
        ({"number": 1, "state": "queued"}, False),
        ({"number": 1, "state": "running"}, False),
        ({"number": 1, "state": "published"}, True),
        ({"number": 1, "state": "failed"}, True),
    ],
)
def test_a_round_is_launched_while_none_is_active(latest: dict[str, Any] | None, pressable: bool) -> None:
    assert _launch_button(latest)["interactive"] is pressable
