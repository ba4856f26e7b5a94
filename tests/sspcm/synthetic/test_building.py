"""Pieces are placed in a room, and hang on its walls."""

import math

import pytest

from sspcm.synthetic.building import horizontal, placed
from sspcm.synthetic.surfaces import Material

GREY = Material((0.5, 0.5, 0.5))


def test_a_point_of_a_piece_is_placed_in_the_room():
    assert placed((1, 0, 0.5), 2, 3, math.pi / 2) == pytest.approx((2, 4, 0.5))


def test_a_rectangle_on_a_wall_is_cut_at_the_corners_and_hangs_before_it(builder):
    made = builder.on_wall(0, -99, 99, 1.0, 2.0, 0.1, GREY)
    assert made.vertices[:, 0].tolist() == [-3, 3, 3, -3] and (made.vertices[:, 1] == -1.9).all()
    assert horizontal(0, 0, 1, 1, 2.0)[:, 2].tolist() == [2.0] * 4
