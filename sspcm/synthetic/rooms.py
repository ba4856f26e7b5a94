"""Rooms under a ceiling camera: offices, corridors, halls, yards. One room, one camera, many scenes."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from sspcm.synthetic.building import Builder, Table, horizontal
from sspcm.synthetic.furniture import line_walls, put_empty_chairs, put_plant, put_table, scatter_clutter
from sspcm.synthetic.looks import as_colour, grey
from sspcm.synthetic.shell import indoor_light, put_up_ceiling, put_up_walls
from sspcm.synthetic.space import Space
from sspcm.synthetic.surfaces import Material, Pattern, Surface, box, prism, rectangle
from sspcm.synthetic.trace import Lighting


@dataclass(frozen=True, eq=False)
class Room:
    """What stays the same in a room: its surfaces, its lights, its tables and what of the floor is taken."""

    half_x: float
    half_y: float
    surfaces: Sequence[Surface]
    lighting: Lighting
    tables: Sequence[Table]
    obstacles: Sequence[Float[np.ndarray, "N 3"]]
    outdoors: bool

    def space(self) -> Space:
        """The room without people."""
        space = Space(self.half_x, self.half_y)
        for points in self.obstacles:
            space.take(points)
        return space


def draw_room(rng: np.random.Generator, *, camera_height: float, infrared: bool) -> Room:
    """A random room for a camera that hangs `camera_height` metres above its floor."""
    if rng.random() < 0.14:
        return _yard(rng, infrared=infrared)
    kind = str(rng.choice(list(_FURNISH), p=_OFTEN))
    half_x, half_y = (float(rng.uniform(1.9, 4.6)) * (0.75 + camera_height / 8) for _ in "xy")
    if kind == "corridor":
        half_x, half_y = float(rng.uniform(1.1, 1.9)), float(rng.uniform(5, 9))
    if kind == "hall":
        half_x, half_y = half_x * 1.5, half_y * 1.5
    builder = Builder(rng, half_x, half_y, camera_height + float(rng.uniform(0.04, 0.25)))
    put_up_walls(builder, polished=kind in ("corridor", "hall", "shop"))
    _FURNISH[kind](builder)
    scatter_clutter(builder)
    put_up_ceiling(builder)
    return Room(
        half_x,
        half_y,
        builder.surfaces,
        indoor_light(builder, infrared),
        builder.tables,
        builder.obstacles,
        outdoors=False,
    )


def _office(b: Builder) -> None:
    for _ in range(int(b.rng.integers(2, 7))):
        x, y, yaw = b.anywhere()
        put_table(b, x, y, yaw, b.uniform(1.2, 1.8), b.uniform(0.65, 0.85), laid=True)
    put_empty_chairs(b, int(b.rng.integers(2, 7)))
    line_walls(b, int(b.rng.integers(4, 12)))


def _meeting(b: Builder) -> None:
    x, y, yaw = b.uniform(-0.5, 0.5), b.uniform(-0.5, 0.5), b.uniform(0, 3.1)
    put_table(b, x, y, yaw, b.uniform(1.8, 3.2), b.uniform(0.9, 1.3), laid=True)
    put_empty_chairs(b, int(b.rng.integers(3, 8)))
    line_walls(b, int(b.rng.integers(2, 7)))


def _corridor(b: Builder) -> None:
    line_walls(b, int(b.rng.integers(0, 5)))


def _hall(b: Builder) -> None:
    for _ in range(int(b.rng.integers(0, 3))):
        x, y, _yaw = b.anywhere()
        radius = b.uniform(0.15, 0.35)
        if math.hypot(x, y) > 1.2 and b.put([((0, 0, b.height / 2), (2 * radius, 2 * radius, b.height))], x, y, 0):
            b.surfaces.append(prism((x, y, b.height / 2), radius, b.height, Material(grey(b.rng, 0.3, 0.7))))
    line_walls(b, int(b.rng.integers(3, 11)))
    put_empty_chairs(b, int(b.rng.integers(0, 4)))


def _shop(b: Builder) -> None:
    for _ in range(int(b.rng.integers(2, 6))):
        x, y, yaw = b.anywhere()
        size = (b.uniform(1.2, 2.6), b.uniform(0.4, 0.8), b.uniform(0.9, 1.6))
        if math.hypot(x, y) > 0.8 and b.put([((0, 0, size[2] / 2), size)], x, y, yaw):
            one, other = as_colour(b.rng.uniform(0.2, 0.9, 3)), as_colour(b.rng.uniform(0, 0.5, 3))
            goods = Material(one, other, Pattern.COLLAGE, b.uniform(0.07, 0.2))
            b.add((0, 0, size[2] / 2), size, goods, x, y, yaw)
    put_table(b, *b.anywhere(), b.uniform(1.4, 2.2), 0.7, laid=True)
    line_walls(b, int(b.rng.integers(3, 8)))


def _living(b: Builder) -> None:
    line_walls(b, int(b.rng.integers(4, 9)))
    x, y, yaw = b.anywhere()
    put_table(b, x * 0.5, y * 0.5, yaw, b.uniform(1.0, 1.8), b.uniform(0.7, 1.0), laid=True)
    put_empty_chairs(b, int(b.rng.integers(1, 5)))


_FURNISH: Mapping[str, Callable[[Builder], None]] = {
    "office": _office,
    "meeting": _meeting,
    "corridor": _corridor,
    "hall": _hall,
    "shop": _shop,
    "living": _living,
}
_OFTEN = [0.24, 0.16, 0.14, 0.18, 0.14, 0.14]


def _yard(rng: np.random.Generator, *, infrared: bool) -> Room:
    """A wide ground, houses and poles around, the sun or an overcast sky; under infrared, night."""
    half = float(rng.uniform(4, 9))
    b = Builder(rng, half, half, 30.0)
    _lay_ground(b)
    _put_up_houses(b)
    for _ in range(int(rng.integers(0, 4))):
        x, y, _yaw = b.anywhere()
        if math.hypot(x, y) > 1 and b.put([((0, 0, 1.5), (0.16, 0.16, 3.0))], x, y, 0):
            b.surfaces.append(prism((x, y, 2.0), 0.05, 4.0, Material(grey(rng, 0.05, 0.5)), sides=10))
    for _ in range(int(rng.integers(0, 3))):
        put_plant(b)
    put_table(b, *b.anywhere(), 1.5, 0.8, laid=False)
    return Room(half, half, b.surfaces, _night(b) if infrared else _daylight(b), b.tables, b.obstacles, outdoors=True)


def _lay_ground(b: Builder) -> None:
    """Grass, asphalt or slabs, half of the time with a path across."""
    rng = b.rng
    green = as_colour(np.array([0.10, 0.13, 0.05]) * rng.uniform(0.7, 1.6))
    grounds = (
        Material(green, (0.10, 0.08, 0.04), Pattern.GRASS, 0.4),
        Material(grey(rng, 0.1, 0.3), grey(rng, 0.06, 0.2), Pattern.SPECKLE, 0.2),
        Material(grey(rng, 0.15, 0.4), grey(rng, 0.08, 0.2), Pattern.TILES, float(rng.uniform(0.2, 0.6))),
    )
    b.surfaces.append(rectangle(horizontal(-60, -60, 60, 60, 0.0), grounds[int(rng.integers(3))]))
    if rng.random() < 0.5:
        path = Material(grey(rng, 0.12, 0.4), grey(rng, 0.1, 0.3), Pattern.SPECKLE, 0.3)
        at, wide = b.uniform(-2, 2), b.uniform(0.6, 2)
        b.surfaces.append(rectangle(horizontal(at - wide, -60, at + wide, 60, 0.006), path))


def _put_up_houses(b: Builder) -> None:
    rng = b.rng
    for _ in range(int(rng.integers(3, 9))):
        angle, away = b.uniform(0, 2 * math.pi), b.half_x + b.uniform(2.5, 16)
        size = (b.uniform(2, 9), b.uniform(2, 5), b.uniform(1.2, 9))
        front = Material(grey(rng, 0.1, 0.6, 0.12), grey(rng, 0.03, 0.5), Pattern.COLLAGE, b.uniform(0.5, 1.6))
        centre = (math.cos(angle) * away, math.sin(angle) * away, size[2] / 2)
        b.surfaces.append(box(centre, size, front, yaw=angle + math.pi / 2))


def _night(b: Builder) -> Lighting:
    level = b.uniform(0.005, 0.03)
    return Lighting((), (level, level, level), sky=(level, level, level), lamp=b.uniform(3.0, 8.0))


def _daylight(b: Builder) -> Lighting:
    sun = b.uniform(0.8, 2.2) if b.rng.random() < 0.6 else 0.0
    up = math.radians(b.uniform(20, 70))
    around = b.uniform(0, 2 * math.pi)
    sky = b.uniform(0.5, 1.3)
    fill = sky * 0.45
    return Lighting(
        (),
        (fill * 0.92, fill * 0.97, fill * 1.1),
        sky=(sky * 0.85, sky * 0.95, sky * 1.15),
        sun=(sun, sun * 0.95, sun * 0.85),
        sun_from=(math.cos(around) * math.cos(up), math.sin(around) * math.cos(up), math.sin(up)),
    )
