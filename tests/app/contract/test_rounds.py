"""What goes to browsers."""

import pytest

from app.contract.rounds import for_browsers


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("cannot read /srv/home/weights/x.pth (it is damaged)", "cannot read x.pth (it is damaged)"),
        ("[Errno 2] No such file or directory: '/srv/a b/x.jpg'", None),
        ("wanted https://pytorch.org/models/a.pth", "wanted https://pytorch.org/models/a.pth"),
        ("at 3/4 of step 1/2; either A and/or B", "at 3/4 of step 1/2; either A and/or B"),
        ("(/a/b/c, /d/e)", "(c, e)"),
    ],
)  # fmt: skip
def test_a_path_keeps_its_last_part(stored: str, shown: str | None) -> None:
    told = for_browsers({"error": stored, "metrics": {"warnings": [stored]}, "number": 3})
    assert told["error"] == told["metrics"]["warnings"][0] and told["number"] == 3
    assert "/srv" not in told["error"]
    assert shown is None or told["error"] == shown
