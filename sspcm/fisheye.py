"""The circle a fisheye lens draws in its frame, and which way is up for a person standing somewhere in it."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class LensCircle:
    """Centre and radius of the lens's image circle, in image pixels."""

    x: float
    y: float
    radius: float

    def __post_init__(self) -> None:
        if not all(math.isfinite(v) for v in (self.x, self.y, self.radius)) or self.radius <= 0:
            raise ValueError(f"a lens circle needs a finite centre and a positive radius in pixels; found {self}.")


def default_lens(width: int, height: int) -> LensCircle:
    """The circle inscribed in a frame: right for a centred lens, and a start for any other."""
    return LensCircle((width - 1) / 2, (height - 1) / 2, min(width, height) / 2)


def rescale_lens(lens: LensCircle, *, measured_in: tuple[int, int], shown_in: tuple[int, int]) -> LensCircle:
    """A circle measured in frames of one (width, height), in the pixels of a frame of another size of the same camera.

    The shorter side gives the scale and the middles lie on each other: exact for the same picture made larger or
    smaller, and what a sensor does that crops its longer side.
    """
    factor = min(shown_in) / min(measured_in)
    off_x, off_y = lens.x - (measured_in[0] - 1) / 2, lens.y - (measured_in[1] - 1) / 2
    return LensCircle(
        (shown_in[0] - 1) / 2 + factor * off_x, (shown_in[1] - 1) / 2 + factor * off_y, factor * lens.radius
    )


def upright_angle(xy: tuple[float, float], lens: LensCircle) -> float:
    """Radians (clockwise on the screen) from "up" to the direction away from the lens centre at `xy`.

    Turning the image by minus this angle makes a person standing at `xy` under an overhead camera upright: heads point
    away from the centre. 0 at the centre itself, where no direction is up.
    """
    dx, dy = xy[0] - lens.x, xy[1] - lens.y
    if math.hypot(dx, dy) < 1e-9:
        return 0.0
    return math.atan2(dx, -dy)
