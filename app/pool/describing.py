"""What a stored image looks like, as a vector: images are told apart by it before any network has spoken."""

import cv2
import numpy as np
from jaxtyping import Float, UInt8

_THUMBNAIL = 16
DIMENSIONS = _THUMBNAIL**2


def describe(grey: UInt8[np.ndarray, "h w"]) -> Float[np.ndarray, "D"]:
    """A small grey thumbnail as a vector of mean 0 and variance 1: brightness and contrast are taken out."""
    small = cv2.resize(grey, (_THUMBNAIL, _THUMBNAIL), interpolation=cv2.INTER_AREA).astype(np.float32).ravel()
    return np.asarray((small - small.mean()) / (small.std() + 1e-6))
