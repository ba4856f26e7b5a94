"""A room while it is being furnished: what is put down takes its place, and what has no place is left out."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float

from sspcm.synthetic.space import Space, box_points
from sspcm.synthetic.surfaces import Material, Surface, box, rectangle
from sspcm.synthetic.trace import Light


@dataclass(frozen=True)
class Table:
    """Where somebody can sit down: centre and size of the top, its turn in radians."""

    x: float
    y: float
    width: float
    depth: float
    yaw: float


@dataclass(eq=False)
class Builder:
    """Collects what is put into a room; a piece that has no place is left out."""

    rng: np.random.Generator
    half_x: float
    half_y: float
    height: float
    surfaces: list[Surface] = field(default_factory=list)
    obstacles: list[Float[np.ndarray, "N 3"]] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    lights: list[Light] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._space = Space(self.half_x, self.half_y)

    def put(self, boxes: Sequence[tuple[Sequence[float], Sequence[float]]], x: float, y: float, yaw: float) -> bool:
        """Whether boxes (centre, size in the piece's own axes) have a place there; if so it is taken."""
        return self.put_points(
            np.concatenate([box_points(placed(centre, x, y, yaw), size, yaw) for centre, size in boxes])
        )

    def put_points(self, points: Float[np.ndarray, "N 3"]) -> bool:
        """Whether a piece with these points has its place; if so it is taken."""
        if not self._space.take_if_free(points):
            return False
        self.obstacles.append(points)
        return True

    def add(
        self, centre: Sequence[float], size: Sequence[float], look: Material, x: float, y: float, yaw: float
    ) -> None:
        """A box by its centre and size in the piece's own axes, seen but not in anybody's way."""
        self.surfaces.append(box(placed(centre, x, y, yaw), size, look, yaw=yaw))

    def uniform(self, low: float, high: float) -> float:
        """A random number between these."""
        return float(self.rng.uniform(low, high))

    def anywhere(self) -> tuple[float, float, float]:
        """A place on the floor and a turn, mostly along the walls."""
        yaw = float(self.rng.integers(4)) * math.pi / 2 + (self.rng.normal(0, 0.3) if self.rng.random() < 0.3 else 0.0)
        return self.uniform(-self.half_x, self.half_x), self.uniform(-self.half_y, self.half_y), float(yaw)

    def on_wall(self, wall: int, a: float, c: float, low: float, high: float, out: float, look: Material) -> Surface:
        """A rectangle on one of the four walls, `out` metres before it, from a to c along it."""
        length = self.half_x if wall < 2 else self.half_y
        a, c = max(a, -length), min(c, length)
        depth = (self.half_y if wall < 2 else self.half_x) - out
        sign = 1 if wall % 2 else -1
        corners = [(a, low), (c, low), (c, high), (a, high)]
        points = [(s, sign * depth, z) if wall < 2 else (sign * depth, s, z) for s, z in corners]
        return rectangle(np.array(points), look)


def placed(centre: Sequence[float], x: float, y: float, yaw: float) -> tuple[float, float, float]:
    """A point of a piece's own axes, in the room's, for a piece that stands at x, y turned by `yaw` radians."""
    cos, sin = math.cos(yaw), math.sin(yaw)
    return x + cos * centre[0] - sin * centre[1], y + sin * centre[0] + cos * centre[1], centre[2]


def horizontal(x0: float, y0: float, x1: float, y1: float, z: float) -> Float[np.ndarray, "4 3"]:
    """The corners of a rectangle at height z that shows its face upwards."""
    return np.array([[x0, y0, z], [x1, y0, z], [x1, y1, z], [x0, y1, z]])
