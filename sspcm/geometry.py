"""The one pixel convention, and the 3x3 matrices between image, crop and heatmap.

The centre of the top-left pixel is (0, 0), as cv2 and method.md section 2 have it; a frame covers
[-0.5, width - 0.5]. Matrices act on column vectors (x, y, 1).
"""

import math

import numpy as np
from jaxtyping import Float

from sspcm.fisheye import LensCircle, upright_angle
from sspcm.pose import Box

Matrix = Float[np.ndarray, "3 3"]
LEAST_EXTENT = 1e-3
"""Pixels that a person takes at least: homes of old may hold boxes of next to nothing."""


def apply(matrix: Matrix, xy: Float[np.ndarray, "*batch 2"]) -> Float[np.ndarray, "*batch 2"]:
    """The points after the matrix, in its target's pixels. NaN stays NaN."""
    return np.asarray(xy @ matrix[:2, :2].T + matrix[:2, 2])


def translation(dx: float, dy: float) -> Matrix:
    """Shift by (dx, dy) pixels."""
    return np.array([[1.0, 0.0, dx], [0.0, 1.0, dy], [0.0, 0.0, 1.0]])


def rotation(angle: float) -> Matrix:
    """Turn about the origin by `angle` radians, clockwise on the screen."""
    cos, sin = math.cos(angle), math.sin(angle)
    return np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])


def scaling(factor: float) -> Matrix:
    """Enlarge about the origin."""
    return np.diag([factor, factor, 1.0])


def crop_matrix(box: Box, *, lens: LensCircle | None, height: int, width: int, scale: float) -> Matrix:
    """Image pixels -> pixels of a crop of `height` x `width` that shows the person upright.

    The box's centre lands on the crop's centre. With a lens, "away from its centre" turns up. The person's extent is
    that of the ellipse inscribed in the box, measured along the crop's axes, so that a slanted box does not inflate;
    it is padded to the crop's aspect, times `scale` (method.md section 2: 1.25).
    """
    up = upright_angle(box.centre, lens) if lens is not None else 0.0
    slant = math.radians(box.angle) - up
    half_w, half_h = box.width / 2, box.height / 2
    extent_x = 2 * math.hypot(half_w * math.cos(slant), half_h * math.sin(slant))
    extent_y = 2 * math.hypot(half_w * math.sin(slant), half_h * math.cos(slant))
    gain_of_crop = min(width / max(extent_x, LEAST_EXTENT), height / max(extent_y, LEAST_EXTENT)) / scale
    centre_x, centre_y = box.centre
    to_origin = translation(-centre_x, -centre_y)
    to_crop = translation((width - 1) / 2, (height - 1) / 2)
    return np.asarray(to_crop @ scaling(gain_of_crop) @ rotation(-up) @ to_origin)


def enlarged(matrix: Matrix, factor: float, *, height: int, width: int) -> Matrix:
    """The matrix to a crop of the same size whose middle is shown `factor` times as large."""
    x, y = (width - 1) / 2, (height - 1) / 2
    return np.asarray(translation(x, y) @ scaling(factor) @ translation(-x, -y) @ matrix)


def heatmap_matrix(stride: int) -> Matrix:
    """Crop pixels -> heatmap pixels: u = x / stride, the target encoder's own map (method.md section 2)."""
    return scaling(1 / stride)


def gain(matrix: Matrix) -> float:
    """Target pixels per source pixel of a matrix that turns, scales and shifts."""
    return math.sqrt(abs(float(np.linalg.det(matrix[:2, :2]))))
