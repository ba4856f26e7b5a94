"""Finding cameras' lens circles in their frames: after an import, or when a lead asks."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
from jaxtyping import UInt8

from app.cameras.lenses import of_one_size
from app.home.image_files import ImageFiles
from db.pool import cameras, images
from db.records import ImageRecord, LensSource, MeasuredLens
from db.store.session import Store
from sspcm.fisheye import rescale_lens
from sspcm.lens_finding import find_lens

FRAMES_LOOKED_AT = 12
SMALLEST_SIDE = 480
"""Frames are read at a half or a quarter of their size while that leaves this many pixels: it is what finding needs."""
THREADS = 2


def find_camera_lens(files: ImageFiles, frames: Sequence[ImageRecord]) -> MeasuredLens | None:
    """The circle that frames of one camera show, from a few of them spread in time; None where they show no rim."""
    alike = of_one_size(frames)
    spread = np.unique(np.linspace(0, len(alike) - 1, min(FRAMES_LOOKED_AT, len(alike))).round().astype(int))
    pictures = [picture for place in spread if (picture := _read(files, alike[place])) is not None]
    found = find_lens(pictures) if pictures else None
    if found is None:
        return None
    size, small = (alike[0].width, alike[0].height), (pictures[0].shape[1], pictures[0].shape[0])
    circle = rescale_lens(found.lens, measured_in=small, shown_in=size)
    return MeasuredLens(circle, *size, arc_degrees=found.arc_degrees)


def find_lenses(
    store: Store, files: ImageFiles, names: Collection[str], *, grown: Collection[str]
) -> Mapping[LensSource, int]:
    """Look for the circles of cameras that no person spoke about; how many of `names` have theirs from where then.

    What was found stands unless a camera has grown by images, which may show more of the rim, and is found again.
    """
    with store.reading() as tx:
        known = [camera for camera in cameras.list_cameras(tx) if camera.name in names]
        looked_for = [c for c in known if c.lens_source == "assumed" or (c.lens_source == "found" and c.name in grown)]
        frames = {camera.id: images.list_images(tx, camera_id=camera.id) for camera in looked_for}
    with ThreadPoolExecutor(THREADS, thread_name_prefix="lenses") as pool:
        found = pool.map(lambda camera: find_camera_lens(files, frames[camera.id]), looked_for)
        for camera, lens in zip(looked_for, found, strict=True):
            if lens is not None:
                with store.transaction() as tx:
                    cameras.keep_found(tx, camera.id, lens)
    with store.reading() as tx:
        return Counter(camera.lens_source for camera in cameras.list_cameras(tx) if camera.name in names)


def _read(files: ImageFiles, image: ImageRecord) -> UInt8[np.ndarray, "H W 3"] | None:
    """A frame's pixels, smaller where that loses nothing; None where its file is gone or cannot be read."""
    try:
        content = np.frombuffer(files.path(image.sha256).read_bytes(), np.uint8)
    except OSError:
        return None
    return cv2.imdecode(content, _reduction(image.width, image.height))


def _reduction(width: int, height: int) -> int:
    """Only by what divides both sides: pixel centres then keep their places."""
    for factor, flag in ((4, cv2.IMREAD_REDUCED_COLOR_4), (2, cv2.IMREAD_REDUCED_COLOR_2)):
        if min(width, height) >= factor * SMALLEST_SIDE and width % factor == height % factor == 0:
            return flag
    return cv2.IMREAD_COLOR
