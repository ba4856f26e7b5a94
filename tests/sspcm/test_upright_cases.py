"""Training and the editor turn a person by the same angle: tests/js/editor/geometry.test.js reads the same cases."""

import json
from pathlib import Path

import pytest

from sspcm.fisheye import LensCircle, upright_angle

CASES = json.loads((Path(__file__).parents[1] / "upright_cases.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["xy"]))
def test_up_is_where_the_editor_says_it_is(case: dict) -> None:
    assert upright_angle(tuple(case["xy"]), LensCircle(**case["lens"])) == pytest.approx(case["angle"], abs=1e-12)
