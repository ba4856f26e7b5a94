"""Whether anybody can label a person at all: too few pixels, or too little light, and they wait behind all others."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, UInt8

from sspcm.pose import Box

DARK_BELOW, FLAT_BELOW = 40.0, 12.0
"""Of 255: a person in a box of less brightness and less contrast cannot be told from the dark. In 348 real frames one
of 970 is below both, a blot; the next darker ones show their limbs."""


@dataclass(frozen=True)
class Light:
    """What a person's box looks like: mean and standard deviation of its grey pixels, of 255."""

    brightness: float
    contrast: float


def light_in(grey: UInt8[np.ndarray, "h w"], box: Box, *, width: int, height: int) -> Light | None:
    """How bright a box's middle part is, in a grey image made smaller; width, height: of the image the box is in.

    None where the image shows nothing of the box.
    """
    across, down = grey.shape[1] / width, grey.shape[0] / height
    left, top = max(0, int(box.x * across)), max(0, int(box.y * down))
    right, bottom = int(np.ceil((box.x + box.width) * across)), int(np.ceil((box.y + box.height) * down))
    inside: Float[np.ndarray, "h w"] = grey[top : max(bottom, 0), left : max(right, 0)].astype(np.float64)
    return Light(float(inside.mean()), float(inside.std())) if inside.size else None


def why_not(box: Box, light: Light | None, *, smallest_px: int) -> str | None:
    """Why nobody can label a person, in words; None where somebody can. smallest_px: of the box's longer side."""
    if max(box.width, box.height) < smallest_px:
        return f"too small to label: {box.width:.0f} x {box.height:.0f} px"
    if light is not None and light.brightness < DARK_BELOW and light.contrast < FLAT_BELOW:
        return f"too dark to label: brightness {light.brightness:.0f} of 255, contrast {light.contrast:.0f}"
    return None
