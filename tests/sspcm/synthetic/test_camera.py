"""A fisheye camera: world points to image pixels and back."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sspcm.fisheye import LensCircle
from sspcm.synthetic.camera import PROJECTIONS, FisheyeCamera


@st.composite
def cameras(draw):
    projection = draw(st.sampled_from(PROJECTIONS))
    return FisheyeCamera(
        width=640,
        height=480,
        circle=LensCircle(draw(st.floats(280, 360)), draw(st.floats(200, 280)), draw(st.floats(150, 320))),
        projection=projection,
        field=draw(st.floats(60, 200 if projection == "stereographic" else 220)),
        position=(draw(st.floats(-2, 2)), draw(st.floats(-2, 2)), draw(st.floats(2, 6))),
        heading=draw(st.floats(-360, 360)),
        tilt=draw(st.floats(-45, 45)),
        tilt_towards=draw(st.floats(-360, 360)),
    )


@given(cameras(), st.floats(0.001, 0.999), st.floats(0, 2 * math.pi), st.floats(0.1, 20))
def test_a_pixel_s_ray_leads_to_a_point_that_is_projected_there(camera, share, around, away):
    radius = share * camera.circle.radius
    xy = np.array([[camera.circle.x + radius * math.cos(around), camera.circle.y + radius * math.sin(around)]])
    ray = camera.rays(xy)
    assert np.linalg.norm(ray, axis=1) == pytest.approx(1, abs=1e-12)
    back, angle = camera.project(np.asarray(camera.position) + away * ray)
    assert back == pytest.approx(xy, abs=0.01)
    assert camera.rays(back) == pytest.approx(ray, abs=1e-9)
    assert angle[0] <= camera.rim_angle


@given(cameras())
def test_the_picture_is_never_mirrored(camera):
    assert np.linalg.det(camera.axes()) == pytest.approx(1)


@pytest.mark.parametrize("projection", PROJECTIONS)
def test_straight_below_is_the_centre_and_half_the_field_the_rim(make_camera, projection):
    camera = make_camera(projection=projection, field=160.0, heading=33.0)
    rim = math.radians(80)
    (centre, at_rim), angle = camera.project(np.array([[0, 0, 0], [math.sin(rim), 0, 3 - math.cos(rim)]]))
    assert centre == pytest.approx([63.5, 63.5])
    assert math.hypot(*(at_rim - 63.5)) == pytest.approx(60)
    assert angle == pytest.approx([0, rim])


def test_angles_lie_where_each_projection_s_formula_says(make_camera):
    """30 of 90 degrees: a third of the radius, sin 15 / sin 45, tan 15 / tan 45."""
    point = np.array([[math.tan(math.radians(30)), 0, 2.0]])
    for projection, share in zip(PROJECTIONS, (1 / 3, 0.366025, 0.267949), strict=True):
        (xy,), _ = make_camera(projection=projection).project(point)
        assert math.hypot(*(xy - 63.5)) == pytest.approx(60 * share, abs=1e-4)


@given(st.floats(0.3, 6), st.floats(0, 2 * math.pi), st.sampled_from(PROJECTIONS))
def test_heads_point_away_from_the_centre(away, around, projection):
    camera = FisheyeCamera(128, 128, LensCircle(63.5, 63.5, 60), projection, 180, (0.0, 0.0, 3.0))
    feet = np.array([away * math.cos(around), away * math.sin(around), 0.0])
    (low, high), _ = camera.project(np.array([feet, feet + [0, 0, 1.7]]))
    assert math.hypot(*(high - 63.5)) > math.hypot(*(low - 63.5))


def test_outside_the_circle_there_is_no_ray(make_camera):
    assert np.isnan(make_camera().rays(np.array([[0.0, 0.0]]))).all()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"field": 30}, "wanted 60 to 220"),
        ({"tilt": 60}, "wanted -45 to 45"),
        ({"projection": "stereographic", "field": 210}, "wanted 200 at most"),
    ],
)
def test_a_camera_that_cannot_be_is_refused(make_camera, change, said):
    with pytest.raises(ValueError, match=said):
        make_camera(**change)
