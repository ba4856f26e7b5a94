"""People in a room: nobody inside anybody or anything, judged by the meshes themselves and not by `Space`."""

import math

import numpy as np
import pytest
import warp as wp

from sspcm.synthetic.body import SKIN
from sspcm.synthetic.crowd import SEAT_HEIGHTS, draw_cast, draw_crowd
from sspcm.synthetic.rooms import draw_room
from sspcm.synthetic.space import box_points

CUSHION = 0.03
"""Metres by which somebody may sink into what they sit on, and brush what stands by."""


@wp.kernel
def _signed_distance(mesh: wp.uint64, points: wp.array(dtype=wp.vec3), out: wp.array(dtype=float)):
    i = wp.tid()
    found = wp.mesh_query_point_sign_winding_number(mesh, points[i], 3.0)
    out[i] = found.sign * wp.length(wp.mesh_eval_position(mesh, found.face, found.u, found.v) - points[i])


def depths(model, body, points):
    """How deep each point lies within a body's skin, in metres; negative outside."""
    mesh = wp.Mesh(
        points=wp.array(body.vertices[:SKIN], dtype=wp.vec3, device="cpu"),
        indices=wp.array(model.skin_faces.ravel(), dtype=wp.int32, device="cpu"),
        support_winding_number=True,
    )
    out = wp.empty(len(points), dtype=float, device="cpu")
    at = wp.array(points.astype(np.float32), dtype=wp.vec3, device="cpu")
    wp.launch(_signed_distance, dim=len(points), inputs=[mesh.id, at, out], device="cpu")
    return -out.numpy()


def depth_in_box(surface, points):
    """How deep the deepest of these points lies within a box, in metres; negative outside."""
    half, centre = np.abs(surface.layout).max(0), surface.vertices.mean(0)
    axes, *_ = np.linalg.lstsq(surface.layout, surface.vertices - centre, rcond=None)
    return float((half - np.abs((points - centre) @ np.linalg.inv(axes))).min(1).max())


@pytest.fixture(scope="module")
def crowds(model):
    """Full rooms: ten people asked into each of three."""
    made = []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        room = draw_room(rng, camera_height=2.9, infrared=False)
        made.append((room, draw_crowd(rng, model, room, draw_cast(rng, 10), reach=4.0, camera_height=2.9)))
    return made


def test_a_point_in_the_chest_is_inside_and_one_before_it_is_not(model, stand_up):
    body = stand_up()
    chest = (body.joints[5] + body.joints[6]) / 2
    assert depths(model, body, np.array([chest, chest + [0, -0.5, 0]])) == pytest.approx([0.07, -0.37], abs=0.05)


def test_nobody_is_inside_anybody(model, crowds):
    met = 0
    for _, crowd in crowds:
        skins = [person.body.vertices[:SKIN] for person in crowd.people]
        for i, person in enumerate(crowd.people):
            low, high = skins[i].min(0), skins[i].max(0)
            for j, other in enumerate(skins):
                near = other[((other > low) & (other < high)).all(1)]
                if i != j and len(near):
                    met += 1
                    assert depths(model, person.body, near).max() < 0
    assert met, "some came near to each other, else this shows nothing"


def test_nobody_is_inside_furniture_or_a_wall(crowds):
    for room, crowd in crowds:
        boxes = [surface for surface in (*room.surfaces, *crowd.furniture) if len(surface.faces) == 12]
        for person in crowd.people:
            skin = person.body.vertices[:SKIN]
            assert max(depth_in_box(surface, skin) for surface in boxes) < CUSHION
            assert (np.abs(skin[:, :2]) < [room.half_x, room.half_y]).all()


def test_everybody_stands_sits_or_lies_on_something(crowds):
    for _, crowd in crowds:
        for person in crowd.people:
            lowest = person.body.vertices[:SKIN, 2].min()
            assert lowest == pytest.approx(0, abs=1e-4) or (person.kind == "lie" and 0.05 < lowest < 0.65)


def test_who_sits_has_a_chair_below(make_room, model):
    rng = np.random.default_rng(3)
    crowd = draw_crowd(rng, model, make_room(), draw_cast(rng, 12), reach=4.0, camera_height=2.9)
    sitting = [person for person in crowd.people if person.kind == "sit"]
    seats = [thing for thing in crowd.furniture if np.ptp(thing.layout, axis=0) == pytest.approx([0.44, 0.44, 0.05])]
    assert sitting and len(seats) == len(sitting)
    for person in sitting:
        hips = person.body.joints[[11, 12]].mean(0)
        seat = min(seats, key=lambda thing: np.linalg.norm(thing.vertices.mean(0)[:2] - hips[:2]))
        top = seat.vertices[:, 2].max()
        assert SEAT_HEIGHTS[0] <= top <= SEAT_HEIGHTS[1] and top < hips[2] < top + 0.25


def test_who_finds_no_place_stays_away(make_room, model):
    rng = np.random.default_rng(0)
    full = make_room(1.0, 1.0, obstacles=[box_points((0, 0, 1.2), (1.9, 1.9, 2.4), 0)])
    assert draw_crowd(rng, model, full, draw_cast(rng, 2), reach=1.0, camera_height=2.9).people == []


def test_nobody_goes_further_than_the_reach(make_room, model):
    rng = np.random.default_rng(1)
    crowd = draw_crowd(rng, model, make_room(8.0, 8.0), draw_cast(rng, 8), reach=2.0, camera_height=2.9)
    assert len(crowd.people) > 4
    assert all(math.hypot(*person.body.joints[:, :2].mean(0)) < 3.2 for person in crowd.people)


def test_a_cast_is_the_same_people_again():
    one, again = (draw_cast(np.random.default_rng(6), 4) for _ in range(2))
    assert one == again and len({member.outfit for member in one}) == 4
