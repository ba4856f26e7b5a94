"""What of a room is taken: nothing is put where something is."""

import math
from collections.abc import Sequence

import cv2
import numpy as np
from jaxtyping import Float, Int

CELL, LAYER, TALLEST = 0.05, 0.1, 2.8
"""Metres: the floor plan's cells, the layers above it, and the height beyond which nothing is looked at."""
GAP = 0.05
"""What is put down keeps this far, in metres, from what is there."""


class Space:
    """A floor plan in layers, from -half_x to half_x and -half_y to half_y."""

    def __init__(self, half_x: float, half_y: float) -> None:
        self._half = np.array([half_x, half_y])
        rows, columns = (math.ceil(2 * half / CELL) + 3 for half in (half_y, half_x))
        self._taken = np.zeros((math.ceil(TALLEST / LAYER) + 1, rows, columns), np.uint8)

    def fits(self, points: Float[np.ndarray, "N 3"]) -> bool:
        """Whether the surface with these points lies inside the walls and touches nothing that was put down."""
        if (np.abs(points[:, :2]) > self._half - GAP / 2).any():
            return False
        layer, row, column = self._cells(points)
        return not self._taken[layer, row, column].any()

    def take(self, points: Float[np.ndarray, "N 3"]) -> None:
        """Keep everything else away from these points, by GAP at least."""
        layer, row, column = self._cells(points)
        own = np.zeros_like(self._taken)
        own[layer, row, column] = 1
        reach = 2 * round(GAP / CELL) + 1
        for i in np.unique(layer):
            self._taken[i] |= cv2.dilate(own[i], np.ones((reach, reach), np.uint8))

    def take_if_free(self, points: Float[np.ndarray, "N 3"]) -> bool:
        """Whether these points fit; if so they are taken."""
        if not self.fits(points):
            return False
        self.take(points)
        return True

    def _cells(
        self, points: Float[np.ndarray, "N 3"]
    ) -> tuple[Int[np.ndarray, " N"], Int[np.ndarray, " N"], Int[np.ndarray, " N"]]:
        layers, rows, columns = self._taken.shape
        layer = np.clip((points[:, 2] / LAYER).astype(int), 0, layers - 1)
        column = np.clip(((points[:, 0] + self._half[0]) / CELL).astype(int) + 1, 0, columns - 1)
        row = np.clip(((points[:, 1] + self._half[1]) / CELL).astype(int) + 1, 0, rows - 1)
        return layer, row, column


def box_points(centre: Sequence[float], size: Sequence[float], yaw: float) -> Float[np.ndarray, "N 3"]:
    """Points all through a box, dense enough for `Space`."""
    axes = [np.linspace(-s / 2, s / 2, max(2, math.ceil(s / (0.8 * CELL)) + 1)) for s in size[:2]]
    axes.append(np.linspace(-size[2] / 2, size[2] / 2, max(2, math.ceil(size[2] / (0.8 * LAYER)) + 1)))
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    cos, sin = math.cos(yaw), math.sin(yaw)
    turned = grid @ np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1.0]]).T
    return np.asarray(turned + np.asarray(centre, float))
