"""Matrices between image and crop: people upright, points back exactly."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sspcm.fisheye import LensCircle
from sspcm.geometry import apply, crop_matrix, enlarged, gain, heatmap_matrix, rotation
from sspcm.pose import Box

LENS = LensCircle(320, 320, 300)


def test_the_box_centre_lands_on_the_crop_centre() -> None:
    matrix = crop_matrix(Box(100, 50, 40, 80), lens=LENS, height=256, width=192, scale=1.25)
    assert apply(matrix, np.array([120.0, 90.0])) == pytest.approx([95.5, 127.5])


@pytest.mark.parametrize("angle", np.linspace(0, 2 * math.pi, 9))
def test_away_from_the_lens_centre_is_up_in_the_crop(angle: float) -> None:
    foot = np.array([320 + 150 * math.cos(angle), 320 + 150 * math.sin(angle)])
    head = np.array([320 + 180 * math.cos(angle), 320 + 180 * math.sin(angle)])
    matrix = crop_matrix(Box(foot[0] - 20, foot[1] - 20, 40, 40), lens=LENS, height=96, width=96, scale=1.25)
    foot_crop, head_crop = apply(matrix, np.stack([foot, head]))
    assert head_crop[0] == pytest.approx(foot_crop[0])
    assert head_crop[1] < foot_crop[1]


def test_without_a_lens_up_stays_up() -> None:
    matrix = crop_matrix(Box(0, 0, 30, 60), lens=None, height=60, width=60, scale=1.0)
    assert matrix[0, 1] == pytest.approx(0)
    assert gain(matrix) == pytest.approx(1.0)


def test_an_enlarged_crop_is_that_of_a_smaller_scale() -> None:
    box = Box(100, 50, 40, 80, 20)
    usual = crop_matrix(box, lens=LENS, height=256, width=192, scale=1.5)
    assert enlarged(usual, 1.2, height=256, width=192) == pytest.approx(
        crop_matrix(box, lens=LENS, height=256, width=192, scale=1.25)
    )


@pytest.mark.parametrize("side", [5e-324, 1e-9])
def test_a_box_of_next_to_nothing_has_a_crop(side: float) -> None:
    assert np.isfinite(crop_matrix(Box(20, 20, side, side), lens=LENS, height=64, width=48, scale=1.25)).all()


@given(
    xy=st.tuples(st.floats(-500, 2500), st.floats(-500, 2500)),
    corner=st.tuples(st.floats(0, 1500), st.floats(0, 1500)),
    size=st.tuples(st.floats(5, 600), st.floats(5, 600)),
    turn=st.floats(-180, 180),
)
def test_crop_and_back_is_the_identity(
    xy: tuple[float, float], corner: tuple[float, float], size: tuple[float, float], turn: float
) -> None:
    matrix = crop_matrix(Box(*corner, *size, angle=turn), lens=LENS, height=96, width=64, scale=1.25)
    back = apply(np.linalg.inv(matrix), apply(matrix, np.array(xy)))
    assert back == pytest.approx(xy, abs=1e-6)


@given(
    xy=st.tuples(st.floats(-500, 4500), st.floats(-500, 4500)),
    corner=st.tuples(st.floats(0, 4000), st.floats(0, 4000)),
    size=st.tuples(st.floats(2, 2000), st.floats(2, 2000)),
    turn=st.floats(-180, 180),
    circle=st.tuples(st.floats(0, 4000), st.floats(0, 4000), st.floats(10, 4000)),
    crop=st.tuples(st.integers(16, 640), st.integers(16, 640)),
)
def test_any_box_under_any_lens_comes_back_exactly_from_any_crop(
    xy: tuple[float, float],
    corner: tuple[float, float],
    size: tuple[float, float],
    turn: float,
    circle: tuple[float, float, float],
    crop: tuple[int, int],
) -> None:
    box, lens = Box(*corner, *size, angle=turn), LensCircle(*circle)
    matrix = crop_matrix(box, lens=lens, height=crop[0], width=crop[1], scale=1.25)
    assert apply(np.linalg.inv(matrix), apply(matrix, np.array(xy))) == pytest.approx(xy, abs=1e-6)


@given(
    corner=st.tuples(st.floats(0, 4000), st.floats(0, 4000)),
    size=st.tuples(st.floats(2, 2000), st.floats(2, 2000)),
    turn=st.floats(-180, 180),
)
def test_a_plain_cameras_crop_is_never_turned(
    corner: tuple[float, float], size: tuple[float, float], turn: float
) -> None:
    matrix = crop_matrix(Box(*corner, *size, angle=turn), lens=None, height=256, width=192, scale=1.25)
    assert (matrix[0, 1], matrix[1, 0]) == (0, 0)
    assert matrix[0, 0] == matrix[1, 1] > 0


def test_nan_stays_nan() -> None:
    moved = apply(rotation(0.3), np.array([[np.nan, np.nan], [1.0, 0.0]]))
    assert np.isnan(moved[0]).all()
    assert not np.isnan(moved[1]).any()


def test_heatmap_pixels_are_crop_pixels_over_the_stride() -> None:
    assert apply(heatmap_matrix(4), np.array([8.0, 20.0])) == pytest.approx([2.0, 5.0])


@given(
    corner=st.tuples(st.floats(0, 600), st.floats(0, 600)),
    size=st.tuples(st.floats(20, 200), st.floats(20, 200)),
    turn=st.floats(-180, 180),
    crop=st.sampled_from([(256, 192), (96, 96), (64, 128)]),
)
def test_the_ellipse_in_the_box_touches_the_padded_crop_and_stays_inside(
    corner: tuple[float, float], size: tuple[float, float], turn: float, crop: tuple[int, int]
) -> None:
    box = Box(*corner, *size, angle=turn)
    height, width = crop
    round_trip = np.linspace(0, 2 * math.pi, 2001)
    ellipse = np.stack([size[0] / 2 * np.cos(round_trip), size[1] / 2 * np.sin(round_trip)], axis=-1)
    around = apply(rotation(math.radians(turn)), ellipse) + box.centre
    matrix = crop_matrix(box, lens=LENS, height=height, width=width, scale=1.25)
    reach = np.abs(apply(matrix, around) - [(width - 1) / 2, (height - 1) / 2]).max(axis=0) * 2
    assert max(reach / [width, height]) == pytest.approx(1 / 1.25, rel=1e-4)


def test_a_slanted_person_is_seen_as_large_as_an_upright_one() -> None:
    straight = crop_matrix(Box(300, 100, 40, 100), lens=LENS, height=96, width=96, scale=1.25)
    away = 170 * math.sqrt(0.5)  # as far from the lens centre, to the upper right
    centre = np.array([320 + away, 320 - away])
    slanted = Box(centre[0] - 20, centre[1] - 50, 40, 100, angle=45)
    turned = crop_matrix(slanted, lens=LENS, height=96, width=96, scale=1.25)
    assert gain(turned) == pytest.approx(gain(straight))
    upright = crop_matrix(slanted.enclosing, lens=LENS, height=96, width=96, scale=1.25)
    assert gain(upright) == pytest.approx(
        gain(straight), rel=0.02
    )  # 99 px along the diagonal, not the 140 of its corners
