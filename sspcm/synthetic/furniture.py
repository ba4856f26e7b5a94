"""What stands in rooms: tables and what lies on them, chairs, cupboards, sofas, plants, clutter."""

import math

import numpy as np
from jaxtyping import Float

from sspcm.synthetic.building import Builder, Table, placed
from sspcm.synthetic.looks import as_colour, chair_looks, grey, wood
from sspcm.synthetic.space import box_points
from sspcm.synthetic.surfaces import Material, Pattern, Surface, box, prism


def put_table(b: Builder, x: float, y: float, yaw: float, width: float, depth: float, *, laid: bool) -> None:
    """A table, if there is room for it; `laid`: with things on it."""
    top, thick = b.uniform(0.70, 0.76), 0.035
    if not b.put(
        [((0, 0, top - thick / 2), (width, depth, thick)), ((0, 0, top / 2), (0.12, depth * 0.5, top))], x, y, yaw
    ):
        return
    look = wood(b.rng)
    b.add((0, 0, top - thick / 2), (width, depth, thick), look, x, y, yaw)
    leg = Material(grey(b.rng, 0.02, 0.4))
    out_x, out_y, high = width / 2 - 0.05, depth / 2 - 0.05, top - thick
    for at in ((-out_x, -out_y), (-out_x, out_y), (out_x, -out_y), (out_x, out_y)):
        b.add((*at, high / 2), (0.05, 0.05, high), leg, x, y, yaw)
    b.tables.append(Table(x, y, width, depth, yaw))
    if laid:
        _lay(b, x, y, yaw, width, depth, top)


def _lay(b: Builder, x: float, y: float, yaw: float, width: float, depth: float, top: float) -> None:
    """Screens, keyboards, papers, cups."""
    for _ in range(int(b.rng.integers(1, 6))):
        ox, oy = b.uniform(-0.4, 0.4) * width, b.uniform(-0.38, 0.38) * depth
        kind = b.rng.integers(4)
        if kind == 0:
            b.add((ox, oy, top + 0.004), (0.21, 0.297, 0.006), Material(grey(b.rng, 0.6, 0.85)), x, y, yaw)
            b.uniform(0, 1)  # nothing's: left so that a seed goes on drawing what it drew
        elif kind == 1:
            b.add((ox, oy, top + 0.012), (0.44, 0.14, 0.02), Material(grey(b.rng, 0.015, 0.5)), x, y, yaw)
        elif kind == 2:
            dark = Material((0.02, 0.02, 0.025))
            b.add((ox, oy, top + 0.30), (0.52, 0.04, 0.32), dark, x, y, yaw)
            b.add((ox, oy, top + 0.07), (0.06, 0.06, 0.14), dark, x, y, yaw)
            b.put([((ox, oy, top + 0.25), (0.52, 0.06, 0.4))], x, y, yaw)
        else:
            cup = Material(as_colour(b.rng.uniform(0.1, 0.8, 3)))
            where = placed((ox, oy, top + 0.05), x, y, yaw)
            b.surfaces.append(prism(where, 0.035, 0.1, cup, sides=10))


def chair(
    x: float, y: float, yaw: float, seat: float, back_at: float, look: Material, frame: Material
) -> list[Surface]:
    """A chair whose seat's top is at `seat` metres and whose back begins `back_at` behind its centre; it faces -y."""
    surfaces = []
    parts = [
        ((0, 0, seat - 0.025), (0.44, 0.44, 0.05), look),
        ((0, back_at + 0.02, seat + 0.30), (0.42, 0.04, 0.36), look),
        ((0.15, back_at + 0.02, seat + 0.06), (0.03, 0.03, 0.2), frame),
        ((-0.15, back_at + 0.02, seat + 0.06), (0.03, 0.03, 0.2), frame),
        ((0, 0, seat / 2 - 0.02), (0.06, 0.06, seat - 0.05), frame),
        ((0, 0, 0.03), (0.5, 0.05, 0.05), frame),
        ((0, 0, 0.03), (0.05, 0.5, 0.05), frame),
    ]
    for centre, size, material in parts:
        surfaces.append(box(placed(centre, x, y, yaw), size, material, yaw=yaw))
    return surfaces


def chair_points(x: float, y: float, yaw: float, seat: float, back_at: float) -> Float[np.ndarray, "N 3"]:
    """What the chair takes of the room."""
    boxes = [((0, 0, seat / 2), (0.46, 0.46, seat)), ((0, back_at + 0.02, seat + 0.24), (0.42, 0.04, 0.48))]
    return np.concatenate([box_points(placed(centre, x, y, yaw), size, yaw) for centre, size in boxes])


def put_empty_chairs(b: Builder, count: int) -> None:
    """Chairs that nobody sits on, most of them at tables."""
    looks = chair_looks(b.rng)
    for _ in range(count):
        if b.tables and b.rng.random() < 0.8:
            table = b.tables[int(b.rng.integers(len(b.tables)))]
            side = -1 if b.rng.random() < 0.5 else 1
            along = b.uniform(-0.35, 0.35) * table.width
            out = side * (table.depth / 2 + b.uniform(0.22, 0.6))
            x, y, _ = placed((along, out, 0), table.x, table.y, table.yaw)
            yaw = table.yaw + (0 if side > 0 else math.pi) + b.uniform(-0.4, 0.4)
        else:
            x, y, yaw = b.anywhere()
        seat = b.uniform(0.42, 0.5)
        if b.put_points(chair_points(x, y, yaw, seat, 0.2)):
            b.surfaces += chair(x, y, yaw, seat, 0.2, *looks)


def line_walls(b: Builder, count: int) -> None:
    """Cupboards, shelves, sofas, plants, cartons, bins."""
    for _ in range(count):
        wall = int(b.rng.integers(4))
        kind = str(b.rng.choice(_ALONG_WALLS, p=[0.26, 0.26, 0.12, 0.14, 0.12, 0.10]))
        if kind == "plant":
            put_plant(b)
            continue
        size, look = _wall_piece(b, kind)
        x, y, yaw = _against_wall(b, wall, size)
        centre = (0, 0, size[2] / 2)
        if b.put([(centre, size)], x, y, yaw):
            b.add(centre, size, look, x, y, yaw)
            if kind == "sofa":
                b.add((0, size[1] / 2 - 0.1, 0.6), (size[0], 0.2, 0.4), look, x, y, yaw)
                b.put([((0, size[1] / 2 - 0.1, 0.62), (size[0], 0.2, 0.4))], x, y, yaw)


_ALONG_WALLS = ("cupboard", "shelf", "sofa", "plant", "carton", "bin")


def _wall_piece(b: Builder, kind: str) -> tuple[tuple[float, float, float], Material]:
    """Size and look."""
    if kind == "cupboard":
        return (b.uniform(0.6, 1.8), b.uniform(0.35, 0.6), b.uniform(0.7, 2.0)), wood(b.rng)
    if kind == "shelf":
        size = (b.uniform(0.8, 2.2), 0.32, b.uniform(1.0, 2.0))
        back, things = as_colour(b.rng.uniform(0.1, 0.8, 3)), as_colour(b.rng.uniform(0.02, 0.4, 3))
        return size, Material(back, things, Pattern.COLLAGE, b.uniform(0.05, 0.16))
    if kind == "sofa":
        return (b.uniform(1.4, 2.2), 0.85, 0.42), chair_looks(b.rng)[0]
    if kind == "carton":
        size = (b.uniform(0.3, 0.6), b.uniform(0.3, 0.6), b.uniform(0.25, 0.9))
        return size, Material(as_colour(np.array([0.36, 0.25, 0.14]) * b.uniform(0.6, 1.2)))
    return (0.32, 0.32, b.uniform(0.4, 0.8)), Material(as_colour(b.rng.uniform(0.02, 0.4, 3)))


def _against_wall(b: Builder, wall: int, size: tuple[float, float, float]) -> tuple[float, float, float]:
    """Where a piece of this size stands with its back to the wall: x, y and its turn."""
    length, depth = (b.half_x, b.half_y) if wall < 2 else (b.half_y, b.half_x)
    sign = 1 if wall % 2 else -1
    along = b.uniform(-1, 1) * max(length - size[0] / 2 - 0.1, 0)
    out = sign * (depth - size[1] / 2 - 0.06)
    if wall < 2:
        return along, out, 0 if sign > 0 else math.pi
    return out, along, -math.pi / 2 if sign > 0 else math.pi / 2


def put_plant(b: Builder) -> None:
    """A pot with leaves."""
    x, y, _ = b.anywhere()
    high, wide = b.uniform(0.6, 1.6), b.uniform(0.35, 0.7)
    if not b.put([((0, 0, high / 2), (wide, wide, high))], x, y, 0):
        return
    b.surfaces.append(prism((x, y, 0.16), 0.14, 0.32, Material(grey(b.rng, 0.05, 0.5)), top=1.2, sides=12))
    leaf = Material(
        as_colour(np.array([0.06, 0.16, 0.04]) * b.uniform(0.5, 1.3)), (0.02, 0.05, 0.015), Pattern.GRASS, 0.1
    )
    for _ in range(14):
        size = b.rng.uniform(0.05, 0.3, 3) * [1, 1, 0.3]
        at = (x + b.uniform(-0.35, 0.35) * wide, y + b.uniform(-0.35, 0.35) * wide, b.uniform(0.4, 1.0) * high)
        b.surfaces.append(box(at, tuple(size), leaf, yaw=b.uniform(0, 3)))


def scatter_clutter(b: Builder) -> None:
    """What lies and hangs about: bags and cables on the floor, switches, signs and ducts on the walls."""
    for _ in range(int(b.rng.integers(4, 22))):
        x, y, yaw = b.anywhere()
        size = (b.uniform(0.08, 0.45), b.uniform(0.06, 0.35), b.uniform(0.03, 0.3))
        look = Material(grey(b.rng, 0.015, 0.6) if b.rng.random() < 0.6 else as_colour(b.rng.uniform(0.02, 0.6, 3)))
        if max(abs(x) / b.half_x, abs(y) / b.half_y) > 0.5 and b.put([((0, 0, size[2] / 2), size)], x, y, yaw):
            b.add((0, 0, size[2] / 2), size, look, x, y, yaw)
    for _ in range(int(b.rng.integers(3, 16))):
        wall = int(b.rng.integers(4))
        at, low = b.uniform(-1, 1) * max(b.half_x, b.half_y), b.uniform(0.2, max(b.height - 0.4, 0.5))
        width, high = b.uniform(0.08, 0.5), b.uniform(0.08, 0.5)
        if b.rng.random() < 0.3:  # a cable duct
            width, high = b.uniform(1, 5), 0.05
        look = Material(grey(b.rng, 0.02, 0.8) if b.rng.random() < 0.6 else as_colour(b.rng.uniform(0.02, 0.7, 3)))
        if abs(at) + width < (b.half_x if wall < 2 else b.half_y):
            b.surfaces.append(b.on_wall(wall, at, at + width, low, low + high, 0.03, look))
    for _ in range(int(b.rng.integers(0, 5))):  # seams, cables and marks on the floor
        x, y, yaw = b.anywhere()
        length = b.uniform(0.4, 3.0)
        mark = Material(grey(b.rng, 0.02, 0.7))
        b.add((0, 0, 0.004), (length, b.uniform(0.012, 0.06), 0.006), mark, x, y, yaw)
