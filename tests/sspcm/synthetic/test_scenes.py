"""One drawn scene and the truth about it."""

import math
from dataclasses import replace

import cv2
import numpy as np
import pytest

from sspcm.fisheye import LensCircle, upright_angle
from sspcm.geometry import apply
from sspcm.synthetic import scenes
from sspcm.synthetic.body import JOINTS, moved
from sspcm.synthetic.camera_file import CameraFile
from sspcm.synthetic.crowd import Placed
from sspcm.synthetic.people import draw_outfit, dress
from sspcm.synthetic.scenes import MOST_PEOPLE, Setting, boxes, draw_scene, draw_setting, joints_seen
from sspcm.synthetic.sensor import Sensor
from sspcm.synthetic.surfaces import Material, box
from sspcm.synthetic.trace import Tracer

GREY = Material((0.4, 0.4, 0.4))


@pytest.fixture
def person(model, stand_up):
    """Somebody who stands two metres from the camera's foot, dressed."""
    body = moved(stand_up(), np.array([0.0, 2.0, 0.0]))
    outfit = replace(draw_outfit(np.random.default_rng(0), 0.1), carries="")
    return Placed("stand", body, dress(model, body, outfit, "stand", 0))


@pytest.fixture(scope="module")
def drawn(model):
    """Scenes of a few rooms, and which person each pixel of them shows."""
    pictures, made = [], []
    picture = Tracer.picture

    def remember(self, *args, **told):
        pictures.append(picture(self, *args, **told))
        return pictures[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Tracer, "picture", remember)
        for seed in range(3):
            setting = draw_setting(np.random.default_rng([seed, 1]), size=256, given=CameraFile())
            made += [(setting, draw_scene(np.random.default_rng([seed, 2, n]), model, setting)) for n in range(2)]
    return [(setting, scene, shown.person) for (setting, scene), shown in zip(made, pictures, strict=True)]


def in_box(box, xy):
    """How far a point lies within a turned box, in pixels; negative outside."""
    angle = math.radians(box.angle)
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    local = turn @ (np.asarray(xy) - box.centre)
    return float(min(box.width / 2 - abs(local[0]), box.height / 2 - abs(local[1])))


def big(person_at):
    """Who shows more pixels than the smallest person that counts."""
    numbers, counts = np.unique(person_at[person_at >= 0], return_counts=True)
    return numbers[counts >= scenes.SMALLEST * person_at.size / 640**2]


def test_keypoints_lie_within_both_boxes_and_visible_ones_on_or_at_the_person_s_own_pixels(drawn):
    people = visible = 0
    for setting, scene, person_at in drawn:
        lens = setting.camera.circle
        for number, truth in zip(big(person_at), scene.people, strict=True):
            people += 1
            assert truth.area == (person_at == number).sum()
            away = cv2.distanceTransform((person_at != number).astype(np.uint8), cv2.DIST_L2, 5)
            for name, (x, y, v) in truth.joints.items():
                if v == 0:
                    assert (x, y) == (0, 0)
                    continue
                assert in_box(truth.box, (x, y)) > -0.02 and in_box(truth.upright_box, (x, y)) > -0.02, name
                assert math.hypot(x - lens.x, y - lens.y) <= lens.radius + 0.01
                if v == 2:
                    visible += 1
                    assert away[round(y), round(x)] < 3, name
    assert people > 5 and visible > 50


def test_boxes_hold_every_own_pixel_and_stay_in_the_frame(drawn):
    for setting, scene, person_at in drawn:
        for number, truth in zip(big(person_at), scene.people, strict=True):
            told = truth.box
            ys, xs = np.nonzero(person_at == number)
            assert all(in_box(told, xy) > -0.6 for xy in ((xs.min(), ys.min()), (xs.max(), ys.max())))
            assert told.x >= -0.5 and told.y >= -0.5
            assert told.x + told.width <= setting.camera.width - 0.5 + 1e-6
            assert told.y + told.height <= setting.camera.height - 0.5 + 1e-6


def test_everybody_who_can_be_seen_is_told_and_nobody_else(drawn):
    for _, scene, person_at in drawn:
        assert len(scene.people) == len(big(person_at)) <= MOST_PEOPLE


def test_the_same_generator_state_gives_the_same_scene(model, drawn):
    setting, scene, _ = drawn[0]
    again = draw_scene(np.random.default_rng([0, 2, 0]), model, setting)
    assert (again.frame == scene.frame).all() and again.people[0].joints == scene.people[0].joints


def test_what_stands_in_the_way_hides_a_keypoint(floor, make_camera, person):
    camera = make_camera()
    ankle = person.body.joints[JOINTS.index("left_ankle")]
    before = ankle + 0.25 * (np.asarray(camera.position) - ankle)
    free = joints_seen(Tracer([floor, *person.surfaces]), camera, person.body, 0)
    screen = box(before.tolist(), (0.5, 0.05, 0.4), GREY)
    screened = joints_seen(Tracer([floor, *person.surfaces, screen]), camera, person.body, 0)
    assert free["left_ankle"][2] == 2 and screened["left_ankle"] == (*free["left_ankle"][:2], 1)
    assert screened["nose"] == free["nose"]


def test_another_person_in_the_way_hides_it_too(floor, make_camera, person, model, stand_up):
    other = dress(model, stand_up(), draw_outfit(np.random.default_rng(1), 0.9), "stand", 1)
    near = [replace(surface, vertices=surface.vertices + [0, 1.5, 0]) for surface in other]
    seen = joints_seen(Tracer([floor, *person.surfaces, *near]), make_camera(), person.body, 0)
    assert seen["left_ankle"][2] == seen["right_ankle"][2] == 1


def test_a_face_turned_away_is_hidden(floor, make_camera, person):
    """The camera is behind whoever looks away from it: -y is towards the camera."""
    tracer = Tracer([floor, *person.surfaces])
    towards = joints_seen(tracer, make_camera(), person.body, 0)
    assert towards["nose"][2] == towards["left_eye"][2] == 2
    turned = moved(moved(person.body, np.array([0.0, -2.0, 0.0])), np.array([0.0, 2.0, 0.0]), math.pi)
    turn = np.diag([-1.0, -1.0, 1.0])
    surfaces = [replace(s, vertices=(s.vertices - [0, 2, 0]) @ turn + [0, 2, 0]) for s in person.surfaces]
    away = joints_seen(Tracer([floor, *surfaces]), make_camera(), turned, 0)
    assert away["nose"][2] == away["left_eye"][2] == away["right_eye"][2] == 1


def test_outside_the_lens_circle_or_the_frame_a_keypoint_is_absent(floor, make_camera, person):
    narrow = make_camera(field=80.0)
    seen = joints_seen(Tracer([floor, *person.surfaces]), narrow, person.body, 0)
    assert seen["head_top"] == (0.0, 0.0, 0) and seen["left_ankle"][2] == 2
    cut = make_camera(height=64, circle=LensCircle(63.5, 63.5, 60))
    assert {v for _, _, v in joints_seen(Tracer([floor]), cut, person.body, 0).values()} <= {0, 1, 2}


def test_the_upright_box_points_away_from_the_lens_centre(make_camera, person):
    camera = make_camera(heading=25.0)
    straight, upright = boxes(camera, person)
    up = math.radians(upright.angle)
    assert math.cos(up - upright_angle(upright.centre, camera.circle)) == pytest.approx(1, abs=0.01)
    assert upright.height > 1.3 * upright.width
    assert upright.area < straight.area
    (head, foot), _ = camera.project(person.body.joints[[JOINTS.index("head_top"), JOINTS.index("left_ankle")]])
    turn = np.array([[math.cos(up), math.sin(up), 0], [-math.sin(up), math.cos(up), 0], [0, 0, 1]])
    assert apply(turn, head)[1] < apply(turn, foot)[1]


def test_an_empty_room_is_a_scene_of_nobody_and_a_full_one_of_twelve_at_most(model, make_room, make_camera):
    setting = Setting(make_room(), make_camera(), Sensor(), False, cast=())
    scene = draw_scene(np.random.default_rng(0), model, setting)
    assert scene.people == [] and scene.frame.shape == (128, 128, 3)
    rng = np.random.default_rng(0)
    crowded = replace(setting, room=make_room(40.0, 40.0), cast=scenes.draw_cast(rng, 14))
    counts = [len(scenes._who_is_here(rng, crowded)) for _ in range(300)]
    assert min(counts) == 0 and max(counts) == MOST_PEOPLE


def test_a_room_has_its_camera_and_cast_for_good():
    one, again = (draw_setting(np.random.default_rng(8), size=128, given=CameraFile()) for _ in range(2))
    assert one.camera == again.camera and one.sensor == again.sensor and one.cast == again.cast


def test_infrared_is_grey():
    given = CameraFile(infrared=True, grey=False)
    assert draw_setting(np.random.default_rng(0), size=128, given=given).sensor.grey
