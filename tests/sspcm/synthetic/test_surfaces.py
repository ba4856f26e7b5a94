"""Triangles with a look."""

import numpy as np
import pytest

from sspcm.synthetic.surfaces import Material, box, carried, cloth, prism, rectangle

GREY = Material((0.5, 0.5, 0.5))


def volume(surface):
    """Of a closed surface whose triangles show their faces outwards."""
    a, b, c = (surface.vertices[surface.faces[:, i]] for i in range(3))
    return float(np.einsum("ni,ni->", a, np.cross(b, c)) / 6)


def outwards(surface):
    a, b, c = (surface.vertices[surface.faces[:, i]] for i in range(3))
    return np.cross(b - a, c - a)


def test_a_box_is_closed_and_as_large_as_it_is_said_to_be():
    made = box((1, 2, 3), (0.4, 0.6, 1.0), GREY, yaw=0.7)
    assert volume(made) == pytest.approx(0.24)
    assert made.vertices.mean(0) == pytest.approx([1, 2, 3])
    assert np.linalg.norm(made.normals, axis=1) == pytest.approx(1)
    assert (np.einsum("ni,ni->n", outwards(made), made.normals[made.faces[:, 0]]) > 0).all()


def test_a_column_is_as_wide_and_high_as_it_is_said_to_be():
    made = prism((0, 0, 1), 0.5, 2.0, GREY, top=1.2)
    assert made.vertices[:, 2].min() == pytest.approx(0) and made.vertices[:, 2].max() == pytest.approx(2)
    across = np.hypot(made.vertices[:, 0], made.vertices[:, 1])
    assert across[made.vertices[:, 2] < 1].max() == pytest.approx(0.5)
    assert across[made.vertices[:, 2] > 1].max() == pytest.approx(0.6)


def test_cloth_lies_outside_of_what_it_covers_and_drops_what_no_face_uses():
    ball = box((0, 0, 0), (1, 1, 1), GREY)
    spare = np.vstack([ball.vertices, [[9.0, 9.0, 9.0]]])
    made = cloth(spare, ball.faces, spare, GREY, 3, puff=0.1)
    assert len(made.vertices) == len(ball.vertices) and made.person == 3
    assert np.abs(made.vertices).max() == pytest.approx(0.6)


def test_what_is_carried_keeps_its_shape():
    bag = box((1, 0, 0), (0.2, 0.3, 0.4), GREY)
    turn = np.array([[0, -1, 0, 5.0], [1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    there = carried(bag, turn, 2)
    assert volume(there) == pytest.approx(volume(bag))
    assert there.vertices.mean(0) == pytest.approx([5, 1, 0])
    assert there.person == 2


def test_a_rectangle_shows_the_face_whose_corners_turn_left():
    made = rectangle(np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0.0]]), GREY)
    assert made.normals == pytest.approx(np.tile([0, 0, 1], (4, 1)))
