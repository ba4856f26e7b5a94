"""Rays through a scene."""

import numpy as np
import pytest

from sspcm.synthetic.surfaces import Material, Pattern, box
from sspcm.synthetic.trace import Light, Lighting, Tracer

RED = Material((0.8, 0.05, 0.05))


def test_a_box_is_seen_where_the_camera_s_formula_puts_it(floor, daylight, make_camera):
    """The kernel and FisheyeCamera.project agree, whatever the projection, tilt and heading."""
    for projection in ("equidistant", "equisolid", "stereographic"):
        camera = make_camera(projection=projection, heading=70.0, tilt=12.0, tilt_towards=200.0)
        picture = Tracer([floor, box((1.0, -0.7, 0.05), (0.3, 0.3, 0.1), RED, person=5)]).picture(
            camera, daylight, seed=0
        )
        ys, xs = np.nonzero(picture.person == 5)
        (middle,), _ = camera.project(np.array([[1.0, -0.7, 0.1]]))
        assert [xs.mean(), ys.mean()] == pytest.approx(middle, abs=0.6)


def test_what_stands_in_front_is_hit_first(floor):
    tracer = Tracer([floor, box((0, 0, 1), (0.5, 0.5, 0.5), RED, person=1)])
    far, person = tracer.first_hits((0, 0, 3), np.array([[0, 0, -1.0], [0.6, 0, -0.8], [0, 0, 1.0]]))
    assert far == pytest.approx([1.75, 3.75, 200.0])
    assert person.tolist() == [1, -1, -1]


def test_it_is_black_and_nobody_s_outside_the_circle(floor, daylight, make_camera):
    camera = make_camera()
    picture = Tracer([floor, box((0, 0, 1), (9, 9, 0.1), RED, person=0)]).picture(camera, daylight, seed=0)
    ys, xs = np.mgrid[:128, :128]
    outside = np.hypot(xs - 63.5, ys - 63.5) > 60
    assert (picture.light[outside] == 0).all() and (picture.person[outside] == -1).all()
    assert (picture.light[60:68, 60:68] > 0).any()


def test_a_shadow_is_darker_than_the_floor_beside_it(floor, make_camera):
    lamp = Light((-2.0, 0, 2.5), (0.1, 0, 0), (0, 0.1, 0), (600.0, 600.0, 600.0))
    tracer = Tracer([floor, box((0, 0, 0.5), (0.4, 1.5, 1.0), RED)])
    camera = make_camera()
    light = tracer.picture(camera, Lighting((lamp,), (0.05, 0.05, 0.05)), seed=0).light.mean(2)
    (shade, beside), _ = camera.project(np.array([[0.6, 0, 0], [0.6, 1.6, 0]]))
    assert light[round(shade[1]), round(shade[0])] < 0.4 * light[round(beside[1]), round(beside[0])]


def test_the_sun_casts_shadows_away_from_itself(floor, make_camera):
    sun = Lighting((), (0.1, 0.1, 0.1), sun=(2.0, 2.0, 2.0), sun_from=(-1.0, 0, 1.0))
    camera = make_camera()
    light = Tracer([floor, box((0, 0, 0.5), (0.4, 0.4, 1.0), RED)]).picture(camera, sun, seed=0).light.mean(2)
    (shade, sunny), _ = camera.project(np.array([[0.7, 0, 0], [-0.7, 0, 0]]))
    assert light[round(shade[1]), round(shade[0])] < 0.3 * light[round(sunny[1]), round(sunny[0])]


def test_a_lamp_at_the_camera_lights_what_is_near(floor, make_camera):
    camera = make_camera()
    light = Tracer([floor]).picture(camera, Lighting((), (0.0, 0.0, 0.0), lamp=3.0), seed=0).light.mean(2)
    (below, aside), _ = camera.project(np.array([[0, 0, 0], [3, 0, 0.0]]))
    assert light[round(aside[1]), round(aside[0])] < 0.5 * light[round(below[1]), round(below[0])]


def test_what_glows_is_as_bright_as_it_is_said_to_be(floor, make_camera):
    pane = box((0, 0, 0.2), (2, 2, 0.1), Material((2.0, 1.0, 0.5), pattern=Pattern.GLOW))
    light = Tracer([floor, pane]).picture(make_camera(), Lighting((), (0.0, 0.0, 0.0)), seed=0).light
    assert light[64, 64] == pytest.approx([2.0, 1.0, 0.5], rel=1e-3)


@pytest.mark.parametrize("pattern", list(Pattern))
def test_every_pattern_gives_light_between_black_and_white(floor, daylight, make_camera, pattern):
    cover = box((0, 0, 0.1), (4, 4, 0.1), Material((0.6, 0.4, 0.2), (0.1, 0.2, 0.3), pattern, 0.3), person=0)
    picture = Tracer([floor, cover]).picture(make_camera(), daylight, seed=3)
    seen = picture.light[picture.person == 0]
    assert np.isfinite(seen).all() and seen.min() >= 0 and 0.03 < seen.mean() < 1
    assert pattern in (Pattern.PLAIN, Pattern.GLOW) or seen.std() > 0.01


def test_the_same_seed_gives_the_same_picture_and_another_another(floor, make_camera):
    lamp = Light((1.0, 0, 2.5), (0.5, 0, 0), (0, 0.5, 0), (9.0, 9.0, 9.0))
    tracer, lighting = Tracer([floor, box((0, 0, 0.5), (0.5, 0.5, 1), RED)]), Lighting((lamp,), (0.3, 0.3, 0.3))
    one, again, other = (tracer.picture(make_camera(), lighting, seed=seed).light for seed in (1, 1, 2))
    assert (one == again).all() and (one != other).any()
