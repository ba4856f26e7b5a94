"""Bodies: on the floor, the right way round, bent where people bend."""

from dataclasses import replace

import numpy as np
import pytest

from sspcm.synthetic.body import JOINTS, REGIONS, SKIN, draw_build, grounded, hands_clear, moved
from sspcm.synthetic.poses import KINDS, Arm, Leg, Pose, draw_pose


def at(body, name):
    return body.joints[JOINTS.index(name)]


def apart(body, a, b):
    return float(np.linalg.norm(at(body, a) - at(body, b)))


def test_who_stands_has_the_feet_on_the_floor_and_left_at_plus_x(stand_up):
    body = stand_up()
    assert body.vertices[:SKIN, 2].min() == pytest.approx(0, abs=1e-6)
    assert max(at(body, "left_ankle")[2], at(body, "right_ankle")[2]) < 0.15
    for joint in ("eye", "ear", "shoulder", "elbow", "wrist", "hip", "knee", "ankle"):
        assert at(body, f"left_{joint}")[0] > 0 > at(body, f"right_{joint}")[0]
    assert at(body, "nose")[1] < at(body, "left_ear")[1], "the face looks to -y"


def test_an_average_person_has_plausible_proportions(stand_up):
    body = stand_up()
    assert 1.5 < body.height() < 1.9
    heights = [at(body, name)[2] for name in ("left_ankle", "left_knee", "left_hip", "neck", "nose", "head_top")]
    assert heights == sorted(heights)
    for a, b, (low, high) in (
        ("left_shoulder", "left_elbow", (0.24, 0.36)),
        ("left_elbow", "left_wrist", (0.20, 0.32)),
        ("left_hip", "left_knee", (0.34, 0.50)),
        ("left_knee", "left_ankle", (0.34, 0.50)),
        ("left_shoulder", "right_shoulder", (0.26, 0.44)),
        ("left_eye", "right_eye", (0.05, 0.08)),
        ("left_ear", "right_ear", (0.12, 0.20)),
    ):
        assert low < apart(body, a, b) < high, (a, b)


def test_joints_lie_within_the_body_or_close_to_its_skin(stand_up):
    body = stand_up()
    to_skin = np.linalg.norm(body.vertices[None, :SKIN] - body.joints[:, None], axis=2).min(1)
    assert dict(zip(JOINTS, to_skin, strict=True)) == {name: pytest.approx(0, abs=0.13) for name in JOINTS}


def test_a_mirrored_pose_gives_mirrored_joints(stand_up):
    pose = Pose(
        "reach", roll=4, spine_side=9, spine_twist=12, neck_side=6, neck_turn=40, left_arm=Arm(80, 120, 5, 40),
        right_leg=Leg(30, 12, 20, 50, 10),
    )  # fmt: skip
    mirrored = replace(
        pose, roll=-4, spine_side=-9, spine_twist=-12, neck_side=-6, neck_turn=-40,
        left_arm=pose.right_arm, right_arm=pose.left_arm, left_leg=pose.right_leg, right_leg=pose.left_leg,
    )  # fmt: skip
    one, other = stand_up(pose), stand_up(mirrored)
    for name in JOINTS:
        swapped = name.replace("left", "*").replace("right", "left").replace("*", "right")
        assert at(other, swapped) == pytest.approx(at(one, name) * [-1, 1, 1], abs=0.01), name


def test_knees_bend_backwards_and_elbows_forwards(stand_up):
    straight = stand_up()
    bent = stand_up(Pose("stand", left_leg=Leg(knee=80), left_arm=Arm(0, 0, 0, 80)))
    lower_leg = at(bent, "left_ankle") - at(bent, "left_knee")
    forearm = at(bent, "left_wrist") - at(bent, "left_elbow")
    assert lower_leg[1] > 0.2, "the heel goes back, to +y"
    assert forearm[1] < -0.15, "the hand comes forward, to -y"
    assert at(bent, "right_ankle") - at(bent, "right_knee") == pytest.approx(
        at(straight, "right_ankle") - at(straight, "right_knee"), abs=1e-3
    )


def test_thighs_lift_forwards_and_arms_sideways(stand_up):
    body = stand_up(Pose("sit", left_leg=Leg(flex=90), right_arm=Arm(plane=90, lift=90)))
    thigh, arm = at(body, "left_knee") - at(body, "left_hip"), at(body, "right_elbow") - at(body, "right_shoulder")
    assert thigh[1] < -0.3 and abs(thigh[2]) < 0.1
    assert arm[0] < -0.2 and abs(arm[1]) < 0.1


def test_moving_carries_everything_and_keeps_every_distance(stand_up):
    body = stand_up()
    there = moved(body, np.array([1.0, -2.0, 0.5]), np.pi / 2)
    assert at(there, "left_wrist") == pytest.approx(
        [1 - at(body, "left_wrist")[1], -2 + at(body, "left_wrist")[0], 0.5 + at(body, "left_wrist")[2]], abs=1e-5
    )
    assert apart(there, "nose", "left_ankle") == pytest.approx(apart(body, "nose", "left_ankle"), abs=1e-5)
    wrist = there.bones["wrist.L"] @ np.append(body.rest_bones["wrist.L"], 1)
    assert np.linalg.norm(wrist[:3] - at(there, "left_wrist")) < 0.06
    assert grounded(there, 0.3).vertices[:SKIN, 2].min() == pytest.approx(0.3, abs=1e-5)


def test_a_hand_in_the_chest_is_not_clear(stand_up):
    assert hands_clear(stand_up(Pose("stand", left_arm=Arm(90, 30, 0, 10), right_arm=Arm(90, 30, 0, 10))))
    assert not hands_clear(stand_up(Pose("stand", left_arm=Arm(0, 20, 80, 140))))


def test_builds_differ_in_height_and_children_are_small(model):
    rng = np.random.default_rng(2)
    builds = [draw_build(rng) for _ in range(24)]
    heights = [body.height() for body in model.pose(builds, [Pose("stand")] * len(builds))]
    assert 1.0 < min(heights) < 1.6 < max(heights) < 2.5
    assert all(0 <= value <= 1 for build in builds for value in build.values())


def test_a_body_alone_is_the_body_among_others(model):
    """Else a scene would depend on who else was drawn with it."""
    rng = np.random.default_rng(4)
    builds, poses = [draw_build(rng) for _ in KINDS], [draw_pose(rng, kind) for kind in KINDS]
    alone = model.pose(builds[2:3], poses[2:3])[0]
    assert model.pose(builds, poses)[2].joints == pytest.approx(alone.joints, abs=1e-5)


def test_nobody_is_asked_for_nobody(model):
    assert model.pose([], []) == []


def test_every_vertex_belongs_to_a_part_of_the_body(model):
    head = model.region[:SKIN] == REGIONS.index("head")
    assert model.template[:SKIN][head][:, 2].min() > model.template[:SKIN][~head][:, 2].mean()
    assert set(np.unique(model.region[:SKIN])) == set(range(len(REGIONS)))
