"""People in a room: posed, dressed, on the floor or sitting on something, nobody inside anybody or anything."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from sspcm.synthetic.body import REGIONS, SKIN, BodyModel, PosedBody, draw_build, grounded, hands_clear, moved
from sspcm.synthetic.building import Table
from sspcm.synthetic.furniture import chair, chair_points
from sspcm.synthetic.looks import chair_looks
from sspcm.synthetic.people import Outfit, draw_outfit, dress
from sspcm.synthetic.poses import HOW_OFTEN, KINDS, Kind, Pose, arms_away, draw_pose
from sspcm.synthetic.rooms import Room
from sspcm.synthetic.space import Space, box_points
from sspcm.synthetic.surfaces import Material, Surface, box

AROUND_CAMERA = (0.7, 0.7, 0.9)
"""Metres about the camera where nobody's head is: cameras hang out of reach."""
PLACES_TRIED, POSES_TRIED = 25, 3
SEAT_HEIGHTS = (0.34, 0.60)
"""Metres; who would sit lower or higher than that sits some other way."""


@dataclass(frozen=True)
class Member:
    """One person of a room's cast: the same body and clothes in all its scenes."""

    build: Mapping[str, float]
    outfit: Outfit


@dataclass(frozen=True, eq=False)
class Placed:
    """One person in a scene."""

    kind: Kind
    body: PosedBody
    surfaces: Sequence[Surface]


@dataclass(frozen=True, eq=False)
class Crowd:
    """Everybody in a scene, and the chairs and beds that came with them."""

    people: Sequence[Placed]
    furniture: Sequence[Surface]


def draw_cast(rng: np.random.Generator, count: int) -> list[Member]:
    """Random people."""
    cast = []
    for _ in range(count):
        build = draw_build(rng)
        cast.append(Member(build, draw_outfit(rng, build["gender"])))
    return cast


def draw_crowd(
    rng: np.random.Generator,
    model: BodyModel,
    room: Room,
    members: Sequence[Member],
    *,
    reach: float,
    camera_height: float,
) -> Crowd:
    """These people somewhere in the room, at most `reach` metres from its middle; who finds no place stays away."""
    space = room.space()
    space.take(box_points((0.0, 0.0, camera_height), AROUND_CAMERA, 0.0))
    kinds = [_draw_kind(rng, room) for _ in members]
    poses = [draw_pose(rng, kind) for kind in kinds]
    bodies = model.pose([member.build for member in members], poses)
    people: list[Placed] = []
    furniture: list[Surface] = []
    looks = chair_looks(rng)
    for member, pose, body in zip(members, poses, bodies, strict=True):
        for _ in range(POSES_TRIED):
            pose, body = _hands_out(model, member, pose, body)
            found = _place(rng, model, room, space, body, pose, reach, looks) if hands_clear(body) else None
            if found is not None:
                posed, things = found
                people.append(Placed(pose.kind, posed, dress(model, posed, member.outfit, pose.kind, len(people))))
                furniture += things
                break
            pose = draw_pose(rng, "stand" if rng.random() < 0.4 else pose.kind)
            body = model.pose([member.build], [pose])[0]
    return Crowd(people, furniture)


def _draw_kind(rng: np.random.Generator, room: Room) -> Kind:
    odds = np.array([HOW_OFTEN[kind] for kind in KINDS])
    if room.outdoors:
        odds = odds * [1, 2.0, 0.25, 1, 1, 1, 0.5]
    if room.tables:
        odds = odds * [1, 1, 1.5, 1, 1, 1, 1]
    return KINDS[int(rng.choice(len(KINDS), p=odds / odds.sum()))]


def _hands_out(model: BodyModel, member: Member, pose: Pose, body: PosedBody) -> tuple[Pose, PosedBody]:
    """Arms that would go through the body moved away from it."""
    for _ in range(2):
        if hands_clear(body):
            break
        pose = arms_away(pose, 14)
        body = model.pose([member.build], [pose])[0]
    return pose, body


def _place(
    rng: np.random.Generator,
    model: BodyModel,
    room: Room,
    space: Space,
    body: PosedBody,
    pose: Pose,
    reach: float,
    looks: tuple[Material, Material],
) -> tuple[PosedBody, list[Surface]] | None:
    """A free place, now taken, with what the person sits or lies on; None where no place was found."""
    if pose.kind == "sit":
        return _sit_down(rng, model, room, space, grounded(body), reach, looks)
    if pose.kind == "lie" and rng.random() < 0.5:
        return _lie_down(rng, room, space, body, reach)
    for _ in range(PLACES_TRIED):
        x, y = _somewhere(rng, room, reach)
        posed = moved(grounded(body), np.array([x, y, 0.0]), rng.uniform(0, 2 * math.pi))
        points = _outline(posed)
        if space.take_if_free(points):
            return posed, []
    return None


def _sit_down(
    rng: np.random.Generator,
    model: BodyModel,
    room: Room,
    space: Space,
    body: PosedBody,
    reach: float,
    looks: tuple[Material, Material],
) -> tuple[PosedBody, list[Surface]] | None:
    """On a chair as high as this person's thighs lie, at a table or free in the room."""
    seat, back = _seat_of(model, body)
    if not SEAT_HEIGHTS[0] <= seat <= SEAT_HEIGHTS[1]:
        return None
    for _ in range(PLACES_TRIED):
        x, y, yaw = _at_table(rng, room.tables) if room.tables and rng.random() < 0.65 else _free(rng, room, reach)
        posed = moved(body, np.array([x, y, 0.0]), yaw)
        points = np.concatenate([_outline(posed), chair_points(x, y, yaw, seat, back)])
        if space.take_if_free(points):
            return posed, chair(x, y, yaw, seat, back, *looks)
    return None


def _seat_of(model: BodyModel, body: PosedBody) -> tuple[float, float]:
    """How high the underside of the thighs lies, and how far behind the origin the back begins."""
    skin = body.vertices[:SKIN]
    below = np.isin(model.region[:SKIN], [REGIONS.index("trunk"), REGIONS.index("thigh")])
    near = (np.abs(skin[:, 1]) < 0.22) & (np.abs(skin[:, 0]) < 0.24)
    seat = float(skin[below & near][:, 2].min())
    trunk = (model.region[:SKIN] == REGIONS.index("trunk")) & (skin[:, 2] > seat + 0.1) & (skin[:, 2] < seat + 0.5)
    return seat - 0.012, float(skin[trunk][:, 1].max()) + 0.03


def _lie_down(
    rng: np.random.Generator, room: Room, space: Space, body: PosedBody, reach: float
) -> tuple[PosedBody, list[Surface]] | None:
    """On a bed, a bench or a mattress under the whole person."""
    high = float(rng.choice([rng.uniform(0.06, 0.15), rng.uniform(0.4, 0.6)]))
    lain = grounded(body, high + 0.012)
    low, far = lain.vertices[:SKIN].min(0), lain.vertices[:SKIN].max(0)
    size = (float(far[0] - low[0]) + 0.12, float(far[1] - low[1]) + 0.12, high)
    middle = (low + far) / 2
    for _ in range(PLACES_TRIED):
        x, y, yaw = _free(rng, room, reach)
        posed = moved(lain, np.array([x, y, 0.0]), yaw)
        cos, sin = math.cos(yaw), math.sin(yaw)
        centre = (x + cos * middle[0] - sin * middle[1], y + sin * middle[0] + cos * middle[1], high / 2)
        points = np.concatenate([_outline(posed), box_points(centre, size, yaw)])
        if space.take_if_free(points):
            level = rng.uniform(0.05, 0.7)
            cover = Material(tuple(level * rng.uniform(0.7, 1.0, 3)))
            return posed, [box(centre, size, cover, yaw=yaw)]
    return None


def _outline(body: PosedBody) -> Float[np.ndarray, "N 3"]:
    """Points all over a body."""
    return body.vertices[:SKIN]


def _somewhere(rng: np.random.Generator, room: Room, reach: float) -> tuple[float, float]:
    """A point of the floor, nearer to the camera somewhat more often than far from it."""
    away, around = reach * rng.uniform(0, 1) ** 0.62, rng.uniform(0, 2 * math.pi)
    x, y = away * math.cos(around), away * math.sin(around)
    return float(np.clip(x, -room.half_x, room.half_x)), float(np.clip(y, -room.half_y, room.half_y))


def _free(rng: np.random.Generator, room: Room, reach: float) -> tuple[float, float, float]:
    return (*_somewhere(rng, room, reach), float(rng.uniform(0, 2 * math.pi)))


def _at_table(rng: np.random.Generator, tables: Sequence[Table]) -> tuple[float, float, float]:
    """Before one of a table's long sides, facing it."""
    table = tables[int(rng.integers(len(tables)))]
    side = 1 if rng.random() < 0.5 else -1
    along, out = rng.uniform(-0.36, 0.36) * table.width, side * (table.depth / 2 + rng.uniform(0.14, 0.34))
    cos, sin = math.cos(table.yaw), math.sin(table.yaw)
    x, y = table.x + cos * along - sin * out, table.y + sin * along + cos * out
    return x, y, table.yaw + (0.0 if side > 0 else math.pi) + float(rng.normal(0, 0.12))
