"""What stands in rooms."""

import math

import numpy as np
import pytest

from sspcm.synthetic.furniture import chair, chair_points, line_walls, put_table, scatter_clutter
from sspcm.synthetic.surfaces import Material

GREY = Material((0.5, 0.5, 0.5))


def test_a_chair_faces_minus_y_and_its_back_is_behind():
    seat, back, *_ = chair(0, 0, 0, 0.45, 0.2, GREY, GREY)
    assert seat.vertices[:, 2].max() == pytest.approx(0.45)
    assert back.vertices[:, 1].min() == pytest.approx(0.2) and back.vertices[:, 2].max() > 0.8


def test_a_turned_chair_is_the_chair_turned():
    straight, turned = (
        np.concatenate([s.vertices for s in chair(1, 2, yaw, 0.45, 0.2, GREY, GREY)]) for yaw in (0, 1.0)
    )
    cos, sin = math.cos(1.0), math.sin(1.0)
    about = (straight - [1, 2, 0]) @ np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]]) + [1, 2, 0]
    assert turned == pytest.approx(about)


def test_a_chair_takes_the_place_it_fills():
    taken = chair_points(0, 0, 0.4, 0.45, 0.2)
    filled = np.concatenate([s.vertices for s in chair(0, 0, 0.4, 0.45, 0.2, GREY, GREY)])
    assert (np.abs(taken.min(0) - filled.min(0)) < 0.07).all()
    assert (np.abs(taken.max(0) - filled.max(0)) < 0.07).all()


def test_a_table_can_be_sat_at_and_a_second_finds_no_place_there(builder):
    for _ in range(2):
        put_table(builder, 0.0, 0.0, 0.3, 1.4, 0.8, laid=False)
    assert [(table.width, table.depth) for table in builder.tables] == [(1.4, 0.8)]
    assert len(builder.surfaces) == 5, "a top and four legs"
    assert 0.70 <= max(surface.vertices[:, 2].max() for surface in builder.surfaces) <= 0.76


def test_what_lines_the_walls_stands_within_them(builder):
    line_walls(builder, 40)
    assert len(builder.obstacles) > 5
    for surface in builder.surfaces:
        assert (np.abs(surface.vertices[:, :2]) < [3.0 + 0.2, 2.0 + 0.2]).all()


def test_clutter_leaves_the_middle_of_the_floor_free(builder):
    scatter_clutter(builder)
    assert all(np.abs(points[:, :2] / [3.0, 2.0]).max() > 0.4 for points in builder.obstacles)
