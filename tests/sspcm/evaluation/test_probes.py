"""A keypoint put wrong lies where anybody sees it, and no label keeps it there."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sspcm.evaluation.probes import (
    LEAST_PX,
    LEAST_SIGMAS,
    Wrong,
    choose_wrong,
    left_radius,
    put_right,
    shifted,
    wilson,
)
from sspcm.pose import Box
from sspcm.skeletons.skeleton import get_skeleton

SKELETON = get_skeleton("coco-17")
STANDING = np.array(
    [(50, 8), (53, 6), (47, 6), (57, 8), (43, 8), (65, 25), (35, 25), (72, 45), (28, 45), (74, 62), (26, 62),
     (60, 65), (40, 65), (62, 100), (38, 100), (63, 135), (37, 135)], dtype=float,
)  # fmt: skip
BOX, SIZE, AREA = Box(15.0, 0.0, 70.0, 145.0), (200, 200), 0.53 * 70 * 145
START = np.column_stack([STANDING, np.full(17, 2.0)])


def chosen(seed: int, **more: object) -> Wrong | None:
    wanted = {"box": BOX, "size": SIZE, "area": AREA, "skeleton": SKELETON, **more}
    return choose_wrong(START, generator=np.random.default_rng(seed), **wanted)


def right(accepted: np.ndarray, wrong: Wrong, *, start: np.ndarray | None = STANDING) -> np.ndarray:
    radius = left_radius(SKELETON.sigmas[wrong.keypoint], AREA)
    return put_right(accepted, wrong, STANDING[[wrong.keypoint]], start=start, radius=radius).xyv


def shown(wrong: Wrong) -> np.ndarray:
    return np.array(shifted(START.tolist(), wrong))


@given(st.integers(0, 10_000))
def test_it_is_far_off_and_within_the_box_and_one_keypoint_alone(seed):
    wrong = chosen(seed)
    assert wrong is not None
    moved = shown(wrong)
    assert np.flatnonzero((moved != START).any(1)).tolist() == [wrong.keypoint]
    least = max(LEAST_SIGMAS * SKELETON.sigmas[wrong.keypoint] * math.sqrt(AREA), LEAST_PX)
    assert math.hypot(wrong.dx, wrong.dy) >= least - 0.02
    x, y = moved[wrong.keypoint, :2]
    assert BOX.x <= x <= BOX.x + BOX.width and BOX.y <= y <= BOX.y + BOX.height


def test_the_same_seed_gives_the_same_and_all_kinds_and_many_keypoints_come():
    assert chosen(3) == chosen(3)
    found = [one for one in map(chosen, range(300)) if one is not None]
    assert {one.how for one in found} == {"other side", "next joint", "along the limb"}
    assert len({one.keypoint for one in found}) >= 12


def test_a_flagged_or_unseen_keypoint_is_never_taken_and_a_tiny_box_has_room_for_none():
    but = frozenset(range(17)) - {9}
    assert {one.keypoint for one in (chosen(seed, but=but) for seed in range(20)) if one} == {9}
    assert chosen(0, but=frozenset(range(17))) is None
    assert chosen(0, box=Box(48.0, 30.0, 4.0, 4.0)) is None
    hidden = np.column_stack([STANDING, np.ones(17)])
    generator = np.random.default_rng(0)
    assert choose_wrong(hidden, box=BOX, size=SIZE, area=AREA, skeleton=SKELETON, generator=generator) is None


@given(st.integers(0, 10_000))
def test_what_was_left_is_what_the_network_had_said(seed):
    wrong = chosen(seed)
    assert wrong is not None
    assert right(shown(wrong), wrong) == pytest.approx(START)
    assert right(shown(wrong), wrong, start=None) == pytest.approx(START)


@given(st.integers(0, 10_000), st.floats(0, 2 * math.pi))
def test_a_hand_that_shook_left_it_and_one_that_moved_it_did_not(seed, way):
    wrong = chosen(seed)
    assert wrong is not None
    direction = np.array([math.cos(way), math.sin(way)])
    near = min(left_radius(SKELETON.sigmas[wrong.keypoint], AREA), math.hypot(wrong.dx, wrong.dy) / 3)
    for far, is_left in ((0.9 * near, True), (1.1 * near, False)):
        accepted = shown(wrong)
        accepted[wrong.keypoint, :2] += far * direction
        stored = right(accepted, wrong)
        assert (stored == pytest.approx(START)) if is_left else (stored == pytest.approx(accepted))


def test_a_keypoint_put_back_or_taken_away_stays_as_the_annotator_left_it():
    wrong = chosen(1)
    assert wrong is not None
    back, away = START.copy(), shown(wrong)
    back[wrong.keypoint, :2] += 1.5
    away[wrong.keypoint, 2] = 0
    for accepted in (back, away):
        assert (right(accepted, wrong) == accepted).all()


@given(st.integers(0, 10_000), st.floats(-1, 1), st.floats(0.7, 1.4), st.floats(-60, 60), st.floats(-60, 60))
def test_a_pose_moved_turned_and_scaled_as_a_whole_is_put_right_where_it_went(seed, turn, scale, dx, dy):
    wrong = chosen(seed)
    assert wrong is not None
    cos, sin = scale * math.cos(turn), scale * math.sin(turn)

    def moved(xyv: np.ndarray) -> np.ndarray:
        return np.column_stack([xyv[:, :2] @ np.array([[cos, sin], [-sin, cos]]) + [dx, dy], xyv[:, 2]])

    assert right(moved(shown(wrong)), wrong) == pytest.approx(moved(START), abs=1e-6)


def test_an_exchange_of_left_and_right_carries_no_wrong_place_to_the_other_side():
    """As if nothing had been put wrong: the exchange of what the network had said."""
    for wrong in (Wrong(9, -30.0, -20.0, "along the limb"), Wrong(9, -47.0, 1.0, "other side")):
        accepted, wanted = shown(wrong), START.copy()
        accepted[[9, 10]], wanted[[9, 10]] = accepted[[10, 9]], wanted[[10, 9]]
        assert right(accepted, wrong) == pytest.approx(wanted)


def test_a_network_that_does_not_know_the_keypoint_says_nothing_of_it():
    unknown = [[0.0, 0.0, 0.0]] * 17
    assert shifted(unknown, Wrong(9, 5.0, 5.0, "next joint")) == unknown


@pytest.mark.parametrize("hits, of, low, high", [(9, 10, 0.5958, 0.9821), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0)])
def test_the_interval_of_a_share_is_wilsons(hits, of, low, high):
    assert wilson(hits, of) == pytest.approx((low, high), abs=1e-4)


def test_of_nobody_there_is_no_interval():
    assert all(math.isnan(end) for end in wilson(0, 0))
