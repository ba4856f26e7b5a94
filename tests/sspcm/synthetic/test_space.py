"""What of a room is taken."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sspcm.synthetic.space import CELL, GAP, Space, box_points


def test_what_was_taken_is_not_free_and_what_lies_beside_it_is():
    space = Space(2, 2)
    space.take(box_points((0, 0, 0.5), (0.4, 0.4, 1.0), 0))
    assert not space.fits(box_points((0.3, 0, 0.5), (0.4, 0.4, 1.0), 0))
    assert space.fits(box_points((0.6, 0, 0.5), (0.4, 0.4, 1.0), 0))
    assert space.fits(box_points((0, 0, 1.3), (0.4, 0.4, 0.3), 0)), "above it there is room"


def test_walls_are_taken():
    space = Space(2, 1)
    assert space.fits(np.array([[1.9, 0.9, 1.0]]))
    assert not space.fits(np.array([[1.99, 0, 1.0]]))
    assert not space.fits(np.array([[0, -1.2, 1.0]]))


@given(
    st.floats(-1.5, 1.5), st.floats(-1.5, 1.5), st.floats(0, 2.6), st.floats(0, 2 * np.pi), st.floats(0, GAP - 0.001)
)
def test_nothing_is_put_nearer_than_the_gap_at_any_height(x, y, z, around, away):
    space = Space(2, 2)
    space.take(np.array([[x, y, z]]))
    assert not space.fits(np.array([[x + away * np.cos(around), y + away * np.sin(around), z]]))
    assert space.fits(np.array([[x + (GAP + 2 * CELL) * np.sign(-x or 1.0), y, z]]))


@pytest.mark.parametrize("yaw", [0.0, 0.6])
def test_the_points_of_a_box_leave_no_hole(yaw):
    size, centre = (0.9, 0.5, 0.7), (0.3, -0.2, 0.4)
    rng = np.random.default_rng(0)
    cos, sin = np.cos(yaw), np.sin(yaw)
    within = rng.uniform(-0.5, 0.5, (300, 3)) * size @ np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]]) + centre
    space = Space(3, 3)
    space.take(box_points(centre, size, yaw))
    assert not any(space.fits(point[None]) for point in within)
