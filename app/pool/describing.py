"""What a stored image looks like, as a vector: images are told apart by it before any network has spoken."""

import cv2
import numpy as np
from jaxtyping import Float

from sspcm.images.reading import DecodeError, read_grey

_THUMBNAIL = 16


def describe(content: bytes) -> Float[np.ndarray, "D"]:
    """A small grey thumbnail as a vector, brightness and contrast taken out. Raises DecodeError."""
    grey = read_grey(content)
    if grey is None:
        raise DecodeError("its pixels cannot be read")
    small = cv2.resize(grey, (_THUMBNAIL, _THUMBNAIL), interpolation=cv2.INTER_AREA).astype(np.float32).ravel()
    return np.asarray((small - small.mean()) / (small.std() + 1e-6))
