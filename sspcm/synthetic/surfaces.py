"""Triangles with a look: what everything in a scene is made of."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from jaxtyping import Float, Int

Colour = tuple[float, float, float]
"""Linear red, green and blue: the share of light that comes back."""


class Pattern(IntEnum):
    """How a material varies over its surface; `trace.py` draws each."""

    PLAIN = 0
    TILES = 1
    PLANKS = 2
    CARPET = 3
    SPECKLE = 4
    STRIPES = 5
    CHECKS = 6
    COLLAGE = 7
    GLOW = 8
    GRASS = 9
    STRANDS = 10
    CLOTH = 11


@dataclass(frozen=True)
class Material:
    """Two colours, the pattern between them with its period in metres, and how much the surface mirrors."""

    colour: Colour
    other: Colour = (0.0, 0.0, 0.0)
    pattern: Pattern = Pattern.PLAIN
    period: float = 0.3
    gloss: float = 0.0


@dataclass(frozen=True, eq=False)
class Surface:
    """Triangles of one material: world points, unit normals, and the points on which the pattern is laid out."""

    vertices: Float[np.ndarray, "V 3"]
    faces: Int[np.ndarray, "F 3"]
    normals: Float[np.ndarray, "V 3"]
    layout: Float[np.ndarray, "V 3"]
    material: Material
    person: int = -1
    """Which person of the scene this belongs to; -1: nobody."""


def box(
    centre: Sequence[float] | Float[np.ndarray, " 3"],
    size: Sequence[float],
    material: Material,
    *,
    yaw: float = 0.0,
    person: int = -1,
) -> Surface:
    """A box of `size` (x, y, z) metres about its centre, turned by `yaw` radians about z."""
    half = np.asarray(size, float) / 2
    local = _CORNERS * half
    turn = _turn(yaw)
    vertices = local @ turn.T + np.asarray(centre, float)
    return _flat(vertices[_BOX_QUADS], local[_BOX_QUADS], material, person)


def prism(
    centre: Sequence[float], radius: float, height: float, material: Material, *, sides: int = 20, top: float = 1.0
) -> Surface:
    """An upright column about its centre; `top` is the upper radius over the lower."""
    angle = np.arange(sides) * 2 * math.pi / sides
    ring = np.column_stack([np.cos(angle), np.sin(angle)]) * radius
    low = np.column_stack([ring, np.full(sides, -height / 2)])
    high = np.column_stack([ring * top, np.full(sides, height / 2)])
    following = np.roll(np.arange(sides), -1)
    walls = np.stack([low, low[following], high[following], high], axis=1)
    apex = np.array([0.0, 0.0, height / 2])
    caps = np.stack([high, high[following], np.broadcast_to(apex, high.shape), np.broadcast_to(apex, high.shape)], 1)
    quads = np.concatenate([walls, caps])
    return _flat(quads + np.asarray(centre, float), quads, material, -1)


def rectangle(corners: Float[np.ndarray, "4 3"], material: Material) -> Surface:
    """A flat rectangle by its corners in turn; its pattern is laid out in the world."""
    quads = np.asarray(corners, float)[None]
    return _flat(quads, quads, material, -1)


def cloth(
    vertices: Float[np.ndarray, "V 3"],
    faces: Int[np.ndarray, "F 3"],
    layout: Float[np.ndarray, "V 3"],
    material: Material,
    person: int,
    *,
    puff: float = 0.0,
) -> Surface:
    """A smooth surface that follows a body, moved outwards by `puff` metres; vertices without a face are dropped."""
    used, faces = np.unique(faces, return_inverse=True)
    faces = faces.reshape(-1, 3).astype(np.int32)
    vertices, layout = vertices[used], layout[used]
    normals = _smooth_normals(vertices, faces)
    return Surface(vertices + puff * normals, faces, normals, layout, material, person)


def carried(surface: Surface, transform: Float[np.ndarray, "4 4"], person: int) -> Surface:
    """The same surface moved by a rigid transform: a bag on a back."""
    turn, shift = transform[:3, :3], transform[:3, 3]
    return Surface(
        surface.vertices @ turn.T + shift,
        surface.faces,
        surface.normals @ turn.T,
        surface.layout,
        surface.material,
        person,
    )


def _flat(
    quads: Float[np.ndarray, "Q 4 3"], layout: Float[np.ndarray, "Q 4 3"], material: Material, person: int
) -> Surface:
    count = len(quads)
    across = np.cross(quads[:, 2] - quads[:, 0], quads[:, 3] - quads[:, 1])
    normal = across / np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-12)
    first = np.arange(count)[:, None] * 4
    faces = np.concatenate([first + [0, 1, 2], first + [0, 2, 3]]).astype(np.int32)
    return Surface(quads.reshape(-1, 3), faces, np.repeat(normal, 4, axis=0), layout.reshape(-1, 3), material, person)


def _smooth_normals(vertices: Float[np.ndarray, "V 3"], faces: Int[np.ndarray, "F 3"]) -> Float[np.ndarray, "V 3"]:
    a, b, c = vertices[faces[:, 0]], vertices[faces[:, 1]], vertices[faces[:, 2]]
    of_face = np.cross(b - a, c - a)
    summed = np.stack(
        [np.bincount(faces.ravel(), np.repeat(of_face[:, i], 3), minlength=len(vertices)) for i in range(3)], axis=1
    )
    return np.asarray(summed / np.maximum(np.linalg.norm(summed, axis=1, keepdims=True), 1e-12))


def _turn(yaw: float) -> Float[np.ndarray, "3 3"]:
    cos, sin = math.cos(yaw), math.sin(yaw)
    return np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])


_CORNERS = np.array([[x, y, z] for z in (-1, 1) for y in (-1, 1) for x in (-1, 1)], float)
_BOX_QUADS = np.array(
    [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]]
)  # below, above, front, back, left, right, each seen from outside
