"""Where up is, under an overhead fisheye lens."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sspcm.fisheye import LensCircle, default_lens, rescale_lens, upright_angle

LENS = LensCircle(320, 240, 300)


@pytest.mark.parametrize(
    ("xy", "degrees"),
    [((320, 100), 0), ((500, 240), 90), ((320, 400), 180), ((100, 240), -90), ((420, 140), 45)],
)
def test_up_points_away_from_the_lens_centre(xy: tuple[float, float], degrees: float) -> None:
    assert math.degrees(upright_angle(xy, LENS)) == pytest.approx(degrees)


def test_at_the_centre_no_direction_is_up_and_nothing_turns() -> None:
    assert upright_angle((320, 240), LENS) == 0.0


@given(st.floats(-2000, 2000), st.floats(-2000, 2000))
def test_only_the_direction_from_the_centre_counts(dx: float, dy: float) -> None:
    assume(math.hypot(dx, dy) > 1e-3)
    near = upright_angle((320 + dx, 240 + dy), LENS)
    far = upright_angle((320 + 3 * dx, 240 + 3 * dy), LENS)
    assert math.remainder(near - far, 2 * math.pi) == pytest.approx(0, abs=1e-6)


def test_a_lens_fills_its_frame_until_told_otherwise() -> None:
    assert default_lens(640, 480) == LensCircle(319.5, 239.5, 240)


@given(
    circle=st.tuples(st.floats(0, 640), st.floats(0, 480), st.floats(1, 900)),
    size=st.sampled_from([(640, 480), (1280, 960), (320, 240), (960, 480)]),
)
def test_a_circle_goes_to_another_size_and_back(circle: tuple[float, float, float], size: tuple[int, int]) -> None:
    lens = LensCircle(*circle)
    there = rescale_lens(lens, measured_in=(640, 480), shown_in=size)
    back = rescale_lens(there, measured_in=size, shown_in=(640, 480))
    assert (back.x, back.y, back.radius) == pytest.approx(circle, abs=1e-9)


def test_an_enlarged_picture_enlarges_its_circle_about_the_frames_corner_not_a_pixels_centre() -> None:
    assert rescale_lens(LensCircle(-0.5, -0.5, 10), measured_in=(64, 48), shown_in=(128, 96)) == LensCircle(
        -0.5, -0.5, 20
    )


@pytest.mark.parametrize("values", [(0, 0, 0), (0, 0, -3), (math.nan, 0, 5), (0, math.inf, 5), (0, 0, math.inf)])
def test_a_lens_circle_needs_a_place_and_a_size(values: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="positive radius"):
        LensCircle(*values)
