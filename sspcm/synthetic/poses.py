"""Poses that people take under ceiling cameras, as joint angles within what joints allow.

Angles are degrees. A body at rest faces -y with its left at +x and z up; every angle is 0 in a person who stands
straight with the arms hanging.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, cast, get_args

import numpy as np

Kind = Literal["stand", "walk", "sit", "reach", "bend", "crouch", "lie"]
KINDS: tuple[Kind, ...] = get_args(Kind)
HOW_OFTEN: Mapping[Kind, float] = {
    "stand": 0.30,
    "walk": 0.26,
    "sit": 0.19,
    "reach": 0.09,
    "bend": 0.07,
    "crouch": 0.05,
    "lie": 0.04,
}


@dataclass(frozen=True)
class Arm:
    """One arm: `lift` from hanging, in the plane `plane` (0 forwards, 90 sideways), `inward` about its own axis."""

    plane: float = 30.0
    lift: float = 8.0
    inward: float = 20.0
    elbow: float = 20.0


@dataclass(frozen=True)
class Leg:
    """One leg: `flex` lifts the thigh forwards, `aside` sideways, `outward` turns it; `ankle` > 0 lifts the toes."""

    flex: float = 0.0
    aside: float = 3.0
    outward: float = 8.0
    knee: float = 4.0
    ankle: float = 0.0


@dataclass(frozen=True)
class Pose:
    """A whole body. `pitch` and `roll` turn the pelvis: forwards, and to the right."""

    kind: Kind
    pitch: float = 0.0
    roll: float = 0.0
    spine_bend: float = 4.0
    spine_side: float = 0.0
    spine_twist: float = 0.0
    neck_bend: float = 8.0
    neck_side: float = 0.0
    neck_turn: float = 0.0
    left_arm: Arm = Arm()
    right_arm: Arm = Arm()
    left_leg: Leg = Leg()
    right_leg: Leg = Leg()


ARM_LIMITS: Mapping[str, tuple[float, float]] = {
    "plane": (-40.0, 180.0),
    "lift": (0.0, 165.0),
    "inward": (-40.0, 80.0),
    "elbow": (2.0, 140.0),
}
LEG_LIMITS: Mapping[str, tuple[float, float]] = {
    "flex": (-25.0, 122.0),
    "aside": (-12.0, 40.0),
    "outward": (-25.0, 45.0),
    "knee": (0.0, 138.0),
    "ankle": (-45.0, 32.0),
}
BODY_LIMITS: Mapping[str, tuple[float, float]] = {
    "spine_bend": (-20.0, 55.0),
    "spine_side": (-28.0, 28.0),
    "spine_twist": (-38.0, 38.0),
    "neck_bend": (-40.0, 50.0),
    "neck_side": (-28.0, 28.0),
    "neck_turn": (-68.0, 68.0),
}
"""Ranges of motion of a healthy adult, a little inside of what clinical tables give."""


def draw_pose(rng: np.random.Generator, kind: Kind | None = None) -> Pose:
    """A random pose, of this kind or of any; always within the limits."""
    if kind is None:
        weights = np.array([HOW_OFTEN[k] for k in KINDS])
        kind = KINDS[int(rng.choice(len(KINDS), p=weights / weights.sum()))]
    return within_limits(_glance(rng, _DRAW[kind](rng)))


def within_limits(pose: Pose) -> Pose:
    """The nearest pose that joints allow."""
    return replace(
        pose,
        **cast(Any, {name: _clip(getattr(pose, name), span) for name, span in BODY_LIMITS.items()}),
        left_arm=_limit_arm(pose.left_arm),
        right_arm=_limit_arm(pose.right_arm),
        left_leg=_limit_leg(pose.left_leg),
        right_leg=_limit_leg(pose.right_leg),
    )


def arms_away(pose: Pose, degrees: float) -> Pose:
    """The same pose with both arms further from the trunk."""

    def away(arm: Arm) -> Arm:
        return replace(arm, plane=max(arm.plane, 60.0), lift=arm.lift + degrees, inward=min(arm.inward, 10.0))

    return within_limits(replace(pose, left_arm=away(pose.left_arm), right_arm=away(pose.right_arm)))


def _clip(value: float, span: tuple[float, float]) -> float:
    return float(min(max(value, span[0]), span[1]))


def _limit_arm(arm: Arm) -> Arm:
    return Arm(**{f.name: _clip(getattr(arm, f.name), ARM_LIMITS[f.name]) for f in fields(Arm)})


def _limit_leg(leg: Leg) -> Leg:
    return Leg(**{f.name: _clip(getattr(leg, f.name), LEG_LIMITS[f.name]) for f in fields(Leg)})


def _glance(rng: np.random.Generator, pose: Pose) -> Pose:
    """The head looks somewhere: mostly ahead, often down at a phone, now and then up at the camera."""
    nod = rng.choice([rng.normal(8, 8), rng.normal(30, 8), rng.normal(-20, 10)], p=[0.68, 0.24, 0.08])
    return replace(
        pose,
        neck_bend=pose.neck_bend - 8 + nod,
        neck_turn=pose.neck_turn + rng.normal(0, 22),
        neck_side=pose.neck_side + rng.normal(0, 6),
        spine_twist=pose.spine_twist + rng.normal(0, 7),
        spine_side=pose.spine_side + rng.normal(0, 4),
    )


def _flat_foot(leg: Leg, pitch: float) -> Leg:
    """The ankle that lays the sole level, as far as it goes."""
    return replace(leg, ankle=pitch - leg.flex + leg.knee)


def _hanging(rng: np.random.Generator) -> Arm:
    return Arm(rng.uniform(-20, 100), abs(rng.normal(7, 6)), rng.normal(15, 15), abs(rng.normal(22, 12)) + 3)


def _busy(rng: np.random.Generator) -> Arm:
    """A hand that holds something before the body: a phone, a cup, a tray."""
    return Arm(rng.uniform(0, 40), rng.uniform(10, 45), rng.uniform(5, 50), rng.uniform(65, 115))


def _akimbo(rng: np.random.Generator) -> Arm:
    return Arm(rng.uniform(85, 115), rng.uniform(38, 52), rng.uniform(60, 80), rng.uniform(85, 105))


def _raised(rng: np.random.Generator) -> Arm:
    return Arm(rng.uniform(0, 95), rng.uniform(70, 160), rng.normal(0, 20), rng.uniform(3, 70))


def _folded(rng: np.random.Generator) -> Arm:
    return Arm(rng.uniform(10, 30), rng.uniform(22, 35), rng.uniform(55, 75), rng.uniform(88, 105))


def _any_arms(rng: np.random.Generator) -> tuple[Arm, Arm]:
    """Two arms that belong together."""
    kind = rng.choice(6, p=[0.42, 0.14, 0.16, 0.08, 0.08, 0.12])
    if kind == 0:
        return _hanging(rng), _hanging(rng)
    if kind == 1:
        return _busy(rng), _busy(rng)
    if kind == 2:
        pair = (_busy(rng), _hanging(rng))
    elif kind == 3:
        return _akimbo(rng), _akimbo(rng)
    elif kind == 4:
        return _folded(rng), _folded(rng)
    else:
        pair = (_raised(rng), _hanging(rng))
    return pair if rng.random() < 0.5 else (pair[1], pair[0])


def _stand(rng: np.random.Generator) -> Pose:
    pitch = rng.normal(2, 3)
    left, right = _any_arms(rng)
    legs = []
    for _ in range(2):
        flex = pitch + abs(rng.normal(3, 4))
        legs.append(_flat_foot(Leg(flex, rng.normal(4, 3), rng.normal(9, 7), abs(rng.normal(5, 4))), pitch))
    return Pose(
        "stand", pitch, 0.0, rng.normal(5, 5), left_arm=left, right_arm=right, left_leg=legs[0], right_leg=legs[1]
    )


def _walk(rng: np.random.Generator) -> Pose:
    """A phase of the gait: the legs against each other, the arms against the legs."""
    phase, stride = rng.uniform(0, 2 * np.pi), rng.uniform(14, 32)
    pitch = rng.uniform(1, 8)

    def leg(at: float) -> Leg:
        flex = pitch + 4 + stride * np.sin(at)
        swing = max(0.0, np.cos(at))
        knee = 5 + swing**2 * rng.uniform(35, 62)
        return Leg(flex, rng.normal(2, 2), rng.normal(6, 4), knee, pitch - flex + knee * 0.6 + rng.normal(0, 4))

    def arm(at: float) -> Arm:
        swing = rng.uniform(0.5, 1.1) * stride * np.sin(at)
        plane = 10.0 if swing > 0 else 170.0
        return Arm(plane, abs(swing) + 4, rng.normal(10, 10), rng.uniform(12, 45))

    left, right = arm(phase + np.pi), arm(phase)
    if rng.random() < 0.3:
        left, right = _any_arms(rng)
    twist = -6 * np.sin(phase)
    return Pose(
        "walk",
        pitch,
        0.0,
        rng.normal(6, 4),
        spine_twist=twist,
        left_arm=left,
        right_arm=right,
        left_leg=leg(phase),
        right_leg=leg(phase + np.pi),
    )


def _sit(rng: np.random.Generator) -> Pose:
    pitch = rng.uniform(-14, 8)
    legs = []
    for _ in range(2):
        flex = pitch + rng.uniform(84, 94)
        leg = Leg(flex, rng.normal(2, 2), rng.uniform(0, 16), rng.uniform(72, 94))
        legs.append(_flat_foot(leg, pitch))
    arms = (_desk_arm(rng), _desk_arm(rng)) if rng.random() < 0.6 else _any_arms(rng)
    return Pose(
        "sit",
        pitch,
        0.0,
        rng.uniform(-2, 26),
        left_arm=arms[0],
        right_arm=arms[1],
        left_leg=legs[0],
        right_leg=legs[1],
    )


def _desk_arm(rng: np.random.Generator) -> Arm:
    return Arm(rng.uniform(0, 35), rng.uniform(28, 60), rng.uniform(5, 40), rng.uniform(55, 95))


def _reach(rng: np.random.Generator) -> Pose:
    pose = _stand(rng)
    lean = rng.uniform(0, 22)
    arm, other = _raised(rng), (_raised(rng) if rng.random() < 0.4 else _hanging(rng))
    left, right = (arm, other) if rng.random() < 0.5 else (other, arm)
    return replace(pose, kind="reach", spine_bend=lean, spine_side=rng.normal(0, 9), left_arm=left, right_arm=right)


def _bend(rng: np.random.Generator) -> Pose:
    pitch = rng.uniform(25, 75)
    knee = rng.uniform(5, 35)
    legs = []
    for _ in range(2):
        leg = Leg(pitch + knee * 0.6 + rng.normal(0, 3), rng.uniform(3, 12), rng.normal(8, 6), knee)
        legs.append(_flat_foot(leg, pitch))
    spine = rng.uniform(8, 35)

    def arm() -> Arm:
        return Arm(rng.uniform(0, 25), pitch + spine + rng.uniform(-25, 30), rng.uniform(0, 25), rng.uniform(5, 50))

    left = arm()
    right = arm() if rng.random() < 0.6 else _hanging(rng)
    return Pose(
        "bend",
        pitch,
        0.0,
        spine,
        neck_bend=rng.uniform(-15, 15),
        left_arm=left,
        right_arm=right,
        left_leg=legs[0],
        right_leg=legs[1],
    )


def _crouch(rng: np.random.Generator) -> Pose:
    pitch = rng.uniform(5, 30)
    legs = []
    for _ in range(2):
        knee = rng.uniform(105, 135)
        leg = Leg(pitch + knee * rng.uniform(0.62, 0.72), rng.uniform(4, 14), rng.uniform(6, 22), knee)
        legs.append(_flat_foot(leg, pitch))
    arms = (_desk_arm(rng), _desk_arm(rng))
    return Pose(
        "crouch",
        pitch,
        0.0,
        rng.uniform(10, 35),
        left_arm=arms[0],
        right_arm=arms[1],
        left_leg=legs[0],
        right_leg=legs[1],
    )


def _lie(rng: np.random.Generator) -> Pose:
    """On the back, on the belly or on a side: pitch and roll lay the pelvis down."""
    pitch, roll = _LYING[int(rng.choice(len(_LYING), p=[0.55, 0.15, 0.15, 0.15]))]
    curled = rng.uniform(0, 50) if roll else rng.uniform(0, 12)
    legs = [Leg(curled + rng.normal(0, 5), rng.uniform(2, 10), rng.normal(8, 8), curled * 1.2 + 4, -25) for _ in "lr"]
    arms = [Arm(rng.uniform(82, 98), rng.uniform(12, 75), rng.normal(0, 8), rng.uniform(5, 40)) for _ in "lr"]
    return Pose(
        "lie",
        pitch,
        roll,
        rng.uniform(0, 10),
        left_arm=arms[0],
        right_arm=arms[1],
        left_leg=legs[0],
        right_leg=legs[1],
    )


_LYING = ((-90.0, 0.0), (90.0, 0.0), (0.0, 90.0), (0.0, -90.0))
_DRAW: Mapping[Kind, Callable[[np.random.Generator], Pose]] = {
    "stand": _stand,
    "walk": _walk,
    "sit": _sit,
    "reach": _reach,
    "bend": _bend,
    "crouch": _crouch,
    "lie": _lie,
}
