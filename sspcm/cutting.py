"""An image read, and a crop cut out of it by a matrix, without aliasing. NumPy and OpenCV only."""

from pathlib import Path

import cv2
import numpy as np
from jaxtyping import UInt8

from sspcm.geometry import Matrix, gain, scaling
from sspcm.images.limits import UNLIMITED
from sspcm.images.reading import DecodeError, check_bytes, read_pixels

OUTSIDE = (0.485 * 255, 0.456 * 255, 0.406 * 255)
"""What lies outside the image in a crop: ImageNet's mean colour."""


class CropError(ValueError):
    """An image that cannot be read."""


def read_image(path: Path) -> UInt8[np.ndarray, "H W 3"]:
    """RGB bytes of an image of any kind that is read here, as the application stores it. Raises CropError."""
    try:
        check_bytes(path.stat().st_size, UNLIMITED)
        return read_pixels(path.read_bytes())
    except OSError as error:
        raise CropError(f"cannot read the image {path} ({error.strerror}). Put it back, or import it anew.") from error
    except DecodeError as error:
        raise CropError(
            f"{path} holds no image that can be decoded: {error}; wanted a whole JPEG, PNG, WebP, TIFF, BMP or GIF. "
            "Import it anew."
        ) from error


def warp(
    image: UInt8[np.ndarray, "H W 3"], matrix: Matrix, *, height: int, width: int
) -> UInt8[np.ndarray, "height width 3"]:
    """What `matrix` (image pixels -> crop pixels) shows of the image in `height` x `width` pixels.

    A large person is halved (with smoothing) until the crop shrinks by less than two, so that no detail aliases.
    """
    while gain(matrix) < 0.5 and min(image.shape[:2]) > 2:
        image = np.asarray(cv2.pyrDown(image), dtype=np.uint8)
        matrix = matrix @ scaling(2.0)
    crop = cv2.warpAffine(
        image,
        matrix[:2],
        (width, height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=list(OUTSIDE),
    )
    return np.asarray(crop, dtype=np.uint8)
