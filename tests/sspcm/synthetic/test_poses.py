"""Poses within what joints allow."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sspcm.synthetic.poses import ARM_LIMITS, BODY_LIMITS, KINDS, LEG_LIMITS, Arm, Leg, Pose, arms_away, draw_pose
from sspcm.synthetic.poses import within_limits as limited

seeds = st.integers(0, 2**32 - 1)


def angles(pose):
    """(what, its angle, what is allowed) of a whole body."""
    for name, span in BODY_LIMITS.items():
        yield name, getattr(pose, name), span
    for side in ("left", "right"):
        for limb, limits in (("arm", ARM_LIMITS), ("leg", LEG_LIMITS)):
            for name, span in limits.items():
                yield f"{side} {limb} {name}", getattr(getattr(pose, f"{side}_{limb}"), name), span


@given(seeds, st.sampled_from(KINDS))
def test_every_drawn_pose_of_every_kind_is_within_the_limits(seed, kind):
    pose = draw_pose(np.random.default_rng(seed), kind)
    assert pose.kind == kind
    assert [what for what, angle, (low, high) in angles(pose) if not low <= angle <= high] == []


@given(seeds)
def test_limiting_twice_is_limiting_once_and_arms_moved_away_stay_within(seed):
    pose = draw_pose(np.random.default_rng(seed))
    assert limited(pose) == pose
    away = arms_away(pose, 30)
    assert all(low <= angle <= high for _, angle, (low, high) in angles(away))
    assert away.left_arm.lift >= pose.left_arm.lift


def test_a_pose_that_joints_do_not_allow_becomes_the_nearest_that_they_do():
    impossible = Pose("stand", left_arm=Arm(elbow=-30), right_leg=Leg(knee=300), neck_turn=-180)
    made = limited(impossible)
    assert (made.left_arm.elbow, made.right_leg.knee, made.neck_turn) == (2, 138, -68)
    assert replace(made, left_arm=Arm(), right_leg=Leg(), neck_turn=0) == Pose("stand")


def test_limits_name_every_angle():
    assert {f.name for f in fields(Arm)} == set(ARM_LIMITS)
    assert {f.name for f in fields(Leg)} == set(LEG_LIMITS)


def test_the_same_generator_state_gives_the_same_pose():
    assert draw_pose(np.random.default_rng(5)) == draw_pose(np.random.default_rng(5))


def test_all_kinds_come_up():
    rng = np.random.default_rng(0)
    assert {draw_pose(rng).kind for _ in range(300)} == set(KINDS)


@pytest.mark.parametrize(("kind", "knees"), [("stand", (0, 45)), ("sit", (60, 110)), ("crouch", (100, 138))])
def test_a_kind_looks_like_its_name(kind, knees):
    rng = np.random.default_rng(1)
    poses = [draw_pose(rng, kind) for _ in range(50)]
    assert all(knees[0] <= leg.knee <= knees[1] for pose in poses for leg in (pose.left_leg, pose.right_leg))
