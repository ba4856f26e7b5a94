"""The shell of a room: floor, walls with what hangs on them, ceiling, and the light that comes from it all."""

import numpy as np

from sspcm.synthetic.building import Builder, horizontal
from sspcm.synthetic.looks import as_colour, floor, grey, wood
from sspcm.synthetic.surfaces import Colour, Material, Pattern, rectangle
from sspcm.synthetic.trace import Light, Lighting


def put_up_walls(b: Builder, *, polished: bool) -> None:
    """The floor, now and then with a rug, and four walls with what hangs on them."""
    x, y, top = b.half_x, b.half_y, b.height
    rng = b.rng
    b.surfaces.append(rectangle(horizontal(-x, -y, x, y, 0.0), floor(rng, polished=polished)))
    paint = Material(grey(rng, 0.35, 0.8) if rng.random() < 0.8 else as_colour(rng.uniform(0.15, 0.6, 3)))
    skirting = Material(grey(rng, 0.03, 0.5))
    for wall in range(4):
        b.surfaces.append(b.on_wall(wall, -99, 99, 0, top, 0.0, paint))
        b.surfaces.append(b.on_wall(wall, -99, 99, 0, 0.09, 0.012, skirting))
        _hang(b, wall)
    if rng.random() < 0.25:
        rug = Material(as_colour(rng.uniform(0.03, 0.4, 3)), as_colour(rng.uniform(0.03, 0.4, 3)), Pattern.COLLAGE, 0.3)
        rx, ry = b.uniform(0.6, 1.4), b.uniform(0.6, 1.4)
        at = b.uniform(-x / 3, x / 3), b.uniform(-y / 3, y / 3)
        b.surfaces.append(rectangle(horizontal(at[0] - rx, at[1] - ry, at[0] + rx, at[1] + ry, 0.008), rug))


def _hang(b: Builder, wall: int) -> None:
    """Doors, windows, posters and boards on a wall."""
    length = b.half_x if wall < 2 else b.half_y
    at = -length + 0.4
    while at < length - 0.8:
        width = b.uniform(0.6, 2.2)
        if at + width > length - 0.2:
            break
        kind = b.rng.choice(("", "door", "window", "poster", "screen", "board"), p=[0.34, 0.14, 0.18, 0.16, 0.08, 0.10])
        _hang_one(b, wall, at, width, str(kind))
        at += width + b.uniform(0.1, 1.2)


def _hang_one(b: Builder, wall: int, at: float, width: float, kind: str) -> None:
    if kind == "door":
        b.surfaces.append(b.on_wall(wall, at, at + 0.95, 0, min(2.05, b.height), 0.02, wood(b.rng)))
    elif kind == "window" and b.height > 2.0:
        _hang_window(b, wall, at, at + width)
    elif kind == "poster":
        paper, ink = as_colour(b.rng.uniform(0.1, 0.8, 3)), as_colour(b.rng.uniform(0.0, 0.5, 3))
        look = Material(paper, ink, Pattern.COLLAGE, b.uniform(0.06, 0.3))
        high = min(b.height - 0.1, b.uniform(1.4, 2.1))
        b.surfaces.append(b.on_wall(wall, at, at + width * 0.8, 0.9, high, 0.01, look))
    elif kind == "screen":
        dark = Material((0.02, 0.02, 0.025), gloss=0.1)
        b.surfaces.append(b.on_wall(wall, at, at + min(width, 1.4), 1.0, 1.8, 0.04, dark))
    elif kind == "board":
        white = Material((0.8, 0.8, 0.8), gloss=0.04)
        b.surfaces.append(b.on_wall(wall, at, at + width, 0.9, 2.0, 0.02, white))


def _hang_window(b: Builder, wall: int, a: float, c: float) -> None:
    """A pane that shines; the first two of a room also light it."""
    level = b.uniform(0.6, 3.0)
    low, high = 0.85, min(b.height - 0.15, 2.3)
    radiance = (level * 0.9, level, level * 1.08)
    b.surfaces.append(b.on_wall(wall, a, c, low, high, 0.01, Material(radiance, pattern=Pattern.GLOW)))
    if len(b.lights) >= 2:
        return
    sign = 1 if wall % 2 else -1
    depth = sign * ((b.half_y if wall < 2 else b.half_x) - 0.03)
    middle, half, up = (a + c) / 2, (c - a) / 2, (high - low) / 2
    centre = (middle, depth, (low + high) / 2) if wall < 2 else (depth, middle, (low + high) / 2)
    along = (half, 0.0, 0.0) if wall < 2 else (0.0, half, 0.0)
    b.lights.append(Light(centre, along, (0.0, 0.0, up), radiance))


def put_up_ceiling(b: Builder) -> None:
    """The ceiling that a wide lens sees at its rim, with the panels in it."""
    rng = b.rng
    corners = horizontal(-b.half_x, -b.half_y, b.half_x, b.half_y, b.height)
    b.surfaces.append(rectangle(corners[::-1], Material(grey(rng, 0.5, 0.8))))
    columns, rows = int(rng.integers(1, 3)), int(rng.integers(1, 4))
    if b.half_y > 5:
        rows = int(rng.integers(3, 5))
    size = b.uniform(0.12, 0.34), b.uniform(0.3, 0.65)
    level = b.uniform(7, 14) * (b.height / 2.8) ** 1.5
    warm = rng.uniform(-0.08, 0.12)
    colour = (level * (1 + warm), level, level * (1 - warm))
    for i in range(columns):
        for j in range(rows):
            x = b.half_x * ((2 * i + 1) / columns - 1) * 0.75 if columns > 1 else b.uniform(-0.4, 0.4) * b.half_x
            y = b.half_y * ((2 * j + 1) / rows - 1) * 0.8
            if abs(x) < 0.45 and abs(y) < 0.8:
                x += 0.8  # not upon the camera itself
            _put_up_panel(b, x, y, size, colour)


def _put_up_panel(b: Builder, x: float, y: float, size: tuple[float, float], colour: Colour) -> None:
    b.lights.append(Light((x, y, b.height - 0.02), (size[0], 0, 0), (0, size[1], 0), colour))
    glow = Material(as_colour(np.minimum(colour, 4.0)), pattern=Pattern.GLOW)
    corners = horizontal(x - size[0], y - size[1], x + size[0], y + size[1], b.height - 0.015)
    b.surfaces.append(rectangle(corners[::-1], glow))


def indoor_light(b: Builder, infrared: bool) -> Lighting:
    """By the panels and windows that were put up; under infrared, by the camera's own lamp."""
    if infrared:
        level = b.uniform(0.005, 0.04)
        return Lighting((), (level, level, level), lamp=b.uniform(2.5, 5.0) * (b.height / 2.8) ** 2)
    fill = b.uniform(0.10, 0.38)
    return Lighting(tuple(b.lights), (fill, fill, fill * b.uniform(0.95, 1.1)))
