"""Too small or too dark to label, said with the numbers that say so."""

import numpy as np
import pytest

from sspcm.pose import Box
from sspcm.ranking.labelable import Light, light_in, why_not


@pytest.mark.parametrize(
    ("box", "light", "said"),
    [
        (Box(0, 0, 63.2, 38.4), None, "too small to label: 63 x 38 px"),
        (Box(0, 0, 38, 64), None, None),
        (Box(0, 0, 90, 90), Light(12.0, 4.0), "too dark to label: brightness 12 of 255, contrast 4"),
        (Box(0, 0, 90, 90), Light(12.0, 30.0), None),
        (Box(0, 0, 90, 90), Light(120.0, 4.0), None),
    ],
)
def test_a_person_waits_behind_all_others_with_the_reason(box: Box, light: Light | None, said: str | None) -> None:
    assert why_not(box, light, smallest_px=64) == said


def test_no_limit_leaves_everybody_in_line() -> None:
    assert why_not(Box(0, 0, 1, 1), None, smallest_px=0) is None


def test_the_light_is_that_of_the_box_in_the_smaller_image() -> None:
    grey = np.zeros((50, 100), np.uint8)
    grey[10:20, 40:60] = [[100, 200] * 10] * 10
    found = light_in(grey, Box(160, 40, 80, 40), width=400, height=200)
    assert found == Light(150.0, 50.0)
    assert light_in(grey, Box(-60, -60, 40, 40), width=400, height=200) is None
    assert light_in(grey, Box(500, 300, 40, 40), width=400, height=200) is None
