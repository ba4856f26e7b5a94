"""One drawn scene: a room, its camera, some people, and what is true about every one of them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float, Int, UInt8

from sspcm.fisheye import LensCircle, upright_angle
from sspcm.pose import Box
from sspcm.synthetic.body import JOINTS, BodyModel, PosedBody
from sspcm.synthetic.camera import PROJECTIONS, WIDEST_STEREOGRAPHIC, FisheyeCamera, Projection
from sspcm.synthetic.camera_file import CameraFile
from sspcm.synthetic.crowd import Member, Placed, draw_cast, draw_crowd
from sspcm.synthetic.poses import Kind
from sspcm.synthetic.rooms import Room, draw_room
from sspcm.synthetic.sensor import Sensor, develop, draw_sensor
from sspcm.synthetic.trace import Tracer

MOST_PEOPLE = 12
SMALLEST = 60
"""Visible pixels, in a frame of 640 px, below which nobody would see a person; scaled with the frame's area."""
DEPTHS: Mapping[str, float] = {
    "nose": 0.045,
    "eye": 0.045,
    "ear": 0.06,
    "shoulder": 0.14,
    "elbow": 0.09,
    "wrist": 0.07,
    "hip": 0.18,
    "knee": 0.12,
    "ankle": 0.10,
    "head_top": 0.06,
    "neck": 0.14,
}
"""How deep below its own skin and clothes, in metres, a joint lies at most where one sees it."""


@dataclass(frozen=True, eq=False)
class Setting:
    """A room with its camera and the people who come there."""

    room: Room
    camera: FisheyeCamera
    sensor: Sensor
    infrared: bool
    cast: Sequence[Member]


@dataclass(frozen=True, eq=False)
class Truth:
    """What is true of one person: named joints as (x, y, v), v as COCO has it, boxes and the visible pixels."""

    joints: Mapping[str, tuple[float, float, int]]
    box: Box
    upright_box: Box
    area: float
    kind: Kind
    height: float
    """In metres, as posed."""


@dataclass(frozen=True, eq=False)
class Scene:
    """A frame and the truth about it."""

    frame: UInt8[np.ndarray, "h w 3"]
    people: Sequence[Truth]


def draw_setting(rng: np.random.Generator, *, size: int, given: CameraFile) -> Setting:
    """A random room under a random camera; what the camera file says is kept."""
    infrared = given.infrared if given.infrared is not None else bool(rng.random() < 0.10)
    grey = infrared or (given.grey if given.grey is not None else bool(rng.random() < 0.06))
    camera = _draw_camera(rng, size, given)
    room = draw_room(rng, camera_height=camera.position[2], infrared=infrared)
    sensor = given.over(draw_sensor(rng, grey=grey))
    return Setting(room, camera, sensor, infrared, draw_cast(rng, MOST_PEOPLE + 2))


def _draw_camera(rng: np.random.Generator, size: int, given: CameraFile) -> FisheyeCamera:
    height_m = given.height_m or float(np.clip(rng.lognormal(math.log(3.0), 0.25), 2.2, 6.0))
    shape = (1.0, 1.0) if rng.random() < 0.72 else ((1.0, 0.75) if rng.random() < 0.6 else (1.0, 0.5625))
    width, height = given.width or round(size * shape[0]), given.height or round(size * shape[1])
    short = min(width, height)
    radius = short * float(rng.uniform(0.44, 0.505) if rng.random() < 0.72 else rng.uniform(0.51, 0.68))
    middle = (width - 1) / 2 + rng.normal(0, 0.015) * short, (height - 1) / 2 + rng.normal(0, 0.015) * short
    circle = LensCircle(*given.circle) if given.circle else LensCircle(float(middle[0]), float(middle[1]), radius)
    tilted = rng.random() < 0.35
    return FisheyeCamera(
        width=width,
        height=height,
        circle=circle,
        projection=given.projection or _draw_projection(rng, given.field),
        field=given.field or float(rng.uniform(158, 190)),
        position=(0.0, 0.0, height_m),
        heading=given.heading if given.heading is not None else float(rng.uniform(0, 360)),
        tilt=given.tilt
        if given.tilt is not None
        else (float(rng.uniform(0, 14)) if tilted else float(rng.uniform(0, 2))),
        tilt_towards=given.tilt_towards if given.tilt_towards is not None else float(rng.uniform(0, 360)),
    )


def _draw_projection(rng: np.random.Generator, field: float | None) -> Projection:
    """A random projection that a lens of this field can have."""
    drawn = PROJECTIONS[int(rng.choice(3, p=[0.6, 0.25, 0.15]))]
    return "equidistant" if drawn == "stereographic" and (field or 0) > WIDEST_STEREOGRAPHIC else drawn


def draw_scene(rng: np.random.Generator, model: BodyModel, setting: Setting, *, device: str = "cpu") -> Scene:
    """One moment in the room. The same generator state gives the same scene."""
    room, camera = setting.room, setting.camera
    members = _who_is_here(rng, setting)
    reach = min(2.1 * camera.position[2], math.hypot(room.half_x, room.half_y))
    crowd = draw_crowd(rng, model, room, members, reach=reach, camera_height=camera.position[2])
    surfaces = [*room.surfaces, *crowd.furniture, *(s for person in crowd.people for s in person.surfaces)]
    tracer = Tracer(surfaces, device=device)
    picture = tracer.picture(camera, room.lighting, seed=int(rng.integers(2**30)))
    frame = develop(picture.light, camera.circle, setting.sensor, rng)
    return Scene(frame, _tell(tracer, camera, crowd.people, picture.person))


def _who_is_here(rng: np.random.Generator, setting: Setting) -> list[Member]:
    """Mostly two to six people, now and then nobody or a full room; as many as its floor has space for."""
    roomy = int(4 * setting.room.half_x * setting.room.half_y / 1.6)
    count = min(int(rng.poisson(rng.choice([1.5, 4.0, 8.0], p=[0.3, 0.45, 0.25]))), MOST_PEOPLE, roomy)
    chosen = rng.permutation(len(setting.cast))[:count]
    return [setting.cast[int(i)] for i in chosen]


def _tell(
    tracer: Tracer, camera: FisheyeCamera, people: Sequence[Placed], person_at: Int[np.ndarray, "h w"]
) -> list[Truth]:
    told = []
    smallest = SMALLEST * camera.width * camera.height / 640**2
    for number, person in enumerate(people):
        area = float((person_at == number).sum())
        if area < smallest:
            continue
        box, upright = boxes(camera, person)
        told.append(
            Truth(
                joints=joints_seen(tracer, camera, person.body, number),
                box=box,
                upright_box=upright,
                area=area,
                kind=person.kind,
                height=person.body.height(),
            )
        )
    return told


def joints_seen(
    tracer: Tracer, camera: FisheyeCamera, body: PosedBody, number: int
) -> dict[str, tuple[float, float, int]]:
    """Each joint in image pixels with its visibility.

    0 and (0, 0) where it lies outside the lens circle or the frame; 2 where the ray from the camera to it first meets
    this person's own surface no deeper above it than DEPTHS; else 1.
    """
    xy, angle = camera.project(body.joints)
    offset = body.joints - np.asarray(camera.position)
    away = np.linalg.norm(offset, axis=1)
    far, hit = tracer.first_hits(camera.position, offset / away[:, None])
    found: dict[str, tuple[float, float, int]] = {}
    for i, name in enumerate(JOINTS):
        x, y = float(xy[i, 0]), float(xy[i, 1])
        if not _in_picture(camera, x, y, float(angle[i])):
            found[name] = (0.0, 0.0, 0)
            continue
        gap = float(away[i] - far[i])
        own = hit[i] == number and gap <= _depth(name)
        found[name] = (round(x, 2), round(y, 2), 2 if own or gap <= 0.01 else 1)
    return found


def _depth(joint: str) -> float:
    return next(depth for part, depth in DEPTHS.items() if joint.endswith(part))


def _in_picture(camera: FisheyeCamera, x: float, y: float, angle: float) -> bool:
    return angle <= camera.rim_angle and -0.5 <= x <= camera.width - 0.5 and -0.5 <= y <= camera.height - 0.5


def boxes(camera: FisheyeCamera, person: Placed) -> tuple[Box, Box]:
    """The person's box along the image's axes, and the one turned radially upright; hidden parts are inside, too."""
    points = np.concatenate([surface.vertices for surface in person.surfaces])
    xy, angle = camera.project(points)
    inside = angle <= camera.rim_angle
    xy = xy[inside] if inside.any() else xy
    low = np.clip(xy.min(0), -0.5, [camera.width - 0.5, camera.height - 0.5])
    high = np.clip(xy.max(0), -0.5, [camera.width - 0.5, camera.height - 0.5])
    straight = Box(*(float(v) for v in (*low, *np.maximum(high - low, 1.0))))
    return straight, _upright_box(camera, xy)


def _upright_box(camera: FisheyeCamera, xy: Float[np.ndarray, "N 2"]) -> Box:
    """The smallest rectangle around these points whose own up points away from the lens centre."""
    (cx, cy), _, _ = cv2.minAreaRect(xy.astype(np.float32))
    up = upright_angle((float(cx), float(cy)), camera.circle)
    cos, sin = math.cos(up), math.sin(up)
    turned = xy @ np.array([[cos, -sin], [sin, cos]])
    low, high = turned.min(0), turned.max(0)
    centre = np.array([[cos, -sin], [sin, cos]]) @ ((low + high) / 2)
    width, height = (float(v) for v in high - low)
    return Box(float(centre[0]) - width / 2, float(centre[1]) - height / 2, width, height, math.degrees(up))
