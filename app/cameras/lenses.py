"""Which lens a camera has: one answer for everybody who turns a person upright, and for the page that sets it."""

from collections import Counter
from collections.abc import Sequence

from db.records import ImageRecord, MeasuredLens
from sspcm.fisheye import LensCircle, default_lens, rescale_lens

Size = tuple[int, int]
"""Width and height."""


def lens_of(image: ImageRecord) -> LensCircle | None:
    """The lens circle in this image's pixels; None: the camera is no fisheye, crops keep the image's up."""
    camera = image.camera
    if not camera.is_fisheye:
        return None
    if camera.lens is None:
        return default_lens(image.width, image.height)
    return shown_in(camera.lens, (image.width, image.height))


def shown_in(lens: MeasuredLens, size: Size) -> LensCircle:
    """A measured circle in the pixels of a frame of another size."""
    return rescale_lens(lens.circle, measured_in=(lens.width, lens.height), shown_in=size)


def of_one_size(frames: Sequence[ImageRecord]) -> list[ImageRecord]:
    """Those of the most frequent size, in order; of two sizes as frequent, the first one's."""
    if not frames:
        return []
    size, _ = Counter((image.width, image.height) for image in frames).most_common(1)[0]
    return [image for image in frames if (image.width, image.height) == size]
