"""Rooms: every kind, closed, furnished with what has its place."""

import numpy as np
import pytest

from sspcm.synthetic.rooms import draw_room


def rooms(count, **told):
    return [
        draw_room(np.random.default_rng(seed), camera_height=2.8, **({"infrared": False} | told))
        for seed in range(count)
    ]


def test_a_room_closes_around_the_camera_and_a_yard_is_open():
    for room in rooms(15):
        assert room.half_x > 1 and room.half_y > 1
        top = max(surface.vertices[:, 2].max() for surface in room.surfaces)
        assert room.outdoors or 2.8 < top < 3.1, "the ceiling is just above the camera"
        assert room.outdoors or not room.lighting.sky[0]
    assert {room.outdoors for room in rooms(15)} == {True, False}


def test_all_light_and_colour_is_finite_and_nothing_shines_but_lamps_and_windows():
    for room in rooms(20):
        for surface in room.surfaces:
            assert np.isfinite(surface.vertices).all() and np.isfinite(surface.normals).all()
            assert (
                all(0 <= channel <= 1 for channel in surface.material.colour) or surface.material.pattern.name == "GLOW"
            )
            assert surface.person == -1


def test_under_infrared_only_the_camera_s_lamp_shines():
    indoors = [room for room in rooms(10, infrared=True) if not room.outdoors]
    assert all(not room.lighting.lights and room.lighting.lamp > 1 for room in indoors)


def test_tables_and_obstacles_lie_within_the_walls():
    for room in rooms(30):
        for table in room.tables:
            assert abs(table.x) < room.half_x and abs(table.y) < room.half_y
        for points in room.obstacles:
            assert (np.abs(points[:, :2]) <= [room.half_x, room.half_y]).all()


@pytest.mark.parametrize("seed", [0, 7])
def test_no_piece_of_furniture_stands_in_another(seed):
    room = draw_room(np.random.default_rng(seed), camera_height=2.8, infrared=False)
    assert len(room.obstacles) > 3
    for i, one in enumerate(room.obstacles):
        for other in room.obstacles[i + 1 :]:
            low, high = np.maximum(one.min(0), other.min(0)), np.minimum(one.max(0), other.max(0))
            near = one[((one >= low) & (one <= high)).all(1)]
            if len(near):
                assert np.linalg.norm(near[:, None] - other[None], axis=2).min() > 0.02


def test_the_same_generator_state_gives_the_same_room():
    one, again = (draw_room(np.random.default_rng(4), camera_height=3.1, infrared=False) for _ in range(2))
    assert one.lighting == again.lighting and one.tables == again.tables
    for a, b in zip(one.surfaces, again.surfaces, strict=True):
        assert (a.vertices == b.vertices).all() and a.material == b.material
