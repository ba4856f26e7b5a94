"""A fisheye camera in a room: world points to image pixels and back, exactly."""

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from jaxtyping import Float

from sspcm.fisheye import LensCircle

Projection = Literal["equidistant", "equisolid", "stereographic"]
PROJECTIONS: tuple[Projection, ...] = get_args(Projection)
WIDEST_STEREOGRAPHIC = 200
"""Degrees of the whole angle of view."""


@dataclass(frozen=True)
class FisheyeCamera:
    """Where the camera hangs, where it looks, and how its lens lays angles out in the frame.

    World axes in metres, z up, the floor at z = 0. Without tilt the optical axis points straight down. `field` is the
    whole angle of view in degrees: what lies field / 2 off the axis lands on the rim of the lens circle.
    """

    width: int
    height: int
    circle: LensCircle
    projection: Projection
    field: float
    position: tuple[float, float, float]
    heading: float = 0.0
    """Degrees by which the room is turned in the picture."""
    tilt: float = 0.0
    """Degrees from straight down."""
    tilt_towards: float = 0.0
    """The compass direction, in degrees, to which the axis is tilted."""

    def __post_init__(self) -> None:
        if not 60 <= self.field <= 220:
            raise ValueError(
                f"the lens has a field of {self.field} degrees; wanted 60 to 220. Give the whole angle, rim to rim."
            )
        if self.projection == "stereographic" and self.field > WIDEST_STEREOGRAPHIC:
            raise ValueError(
                f"a stereographic lens has a field of {self.field} degrees; wanted {WIDEST_STEREOGRAPHIC} at most, "
                "for its rim is not sharp beyond. Give a smaller field."
            )
        if not -45 <= self.tilt <= 45:
            raise ValueError(f"the camera is tilted by {self.tilt} degrees; wanted -45 to 45 from straight down.")

    @property
    def rim_angle(self) -> float:
        """Radians between the optical axis and the rim."""
        return math.radians(self.field) / 2

    def axes(self) -> Float[np.ndarray, "3 3"]:
        """Rows: image right, image down and the optical axis, as unit vectors of the world."""
        turn, tilt, towards = (math.radians(a) for a in (self.heading, self.tilt, self.tilt_towards))
        straight = np.array([[math.cos(turn), math.sin(turn), 0], [math.sin(turn), -math.cos(turn), 0], [0, 0, -1.0]])
        hinge = np.array([-math.sin(towards), math.cos(towards), 0.0])
        return np.asarray(straight @ _turn_about(hinge, -tilt).T)

    def project(self, points: Float[np.ndarray, "N 3"]) -> tuple[Float[np.ndarray, "N 2"], Float[np.ndarray, " N"]]:
        """Image pixels of world points, and their angles off the optical axis in radians."""
        local = (points - np.asarray(self.position)) @ self.axes().T
        across = np.hypot(local[:, 0], local[:, 1])
        angle = np.arctan2(across, local[:, 2])
        reach = self.circle.radius * _spread(self.projection, angle) / _spread(self.projection, self.rim_angle)
        unit = local[:, :2] / np.maximum(across, 1e-12)[:, None]
        return np.array([self.circle.x, self.circle.y]) + unit * reach[:, None], angle

    def rays(self, xy: Float[np.ndarray, "N 2"]) -> Float[np.ndarray, "N 3"]:
        """World directions, of length 1, in which these pixels look; NaN outside the lens circle."""
        offset = xy - np.array([self.circle.x, self.circle.y])
        across = np.hypot(offset[:, 0], offset[:, 1])
        share = across / self.circle.radius
        angle = _angle(self.projection, np.where(share <= 1, share, np.nan) * _spread(self.projection, self.rim_angle))
        unit = offset / np.maximum(across, 1e-12)[:, None]
        local = np.column_stack([unit * np.sin(angle)[:, None], np.cos(angle)])
        return np.asarray(local @ self.axes())


def _spread(projection: Projection, angle: Float[np.ndarray, "*N"] | float) -> Float[np.ndarray, "*N"]:
    """How far from the centre an angle lands, in focal lengths."""
    if projection == "equidistant":
        return np.asarray(angle, float)
    if projection == "equisolid":
        return np.asarray(2 * np.sin(np.asarray(angle) / 2))
    return np.asarray(2 * np.tan(np.minimum(np.asarray(angle), 0.97 * math.pi) / 2))


def _angle(projection: Projection, spread: Float[np.ndarray, " N"]) -> Float[np.ndarray, " N"]:
    """The angle that lands this many focal lengths from the centre."""
    if projection == "equidistant":
        return spread
    if projection == "equisolid":
        return np.asarray(2 * np.arcsin(spread / 2))
    return np.asarray(2 * np.arctan(spread / 2))


def _turn_about(axis: Float[np.ndarray, " 3"], angle: float) -> Float[np.ndarray, "3 3"]:
    x, y, z = axis
    skew = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.asarray(np.eye(3) + math.sin(angle) * skew + (1 - math.cos(angle)) * skew @ skew)
