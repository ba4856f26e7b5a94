"""What the imported model says of everybody, as a pre-labelling sees them, and how they look. Seen once, then kept."""

import hashlib
import io
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import Float, UInt8

from sspcm.cutting import read_image
from sspcm.pose import Box
from sspcm.pose_models.copies import COPIES, Judged, Person, judge
from sspcm.pose_models.model import PoseModel
from sspcm.simulation.acquisition import Source
from sspcm.simulation.people import Everybody
from sspcm.whole_files import write_atomically

KEPT_AS = "model.npz"
_SIDE = 16


def see_everybody(
    model: PoseModel, everybody: Everybody, folder: Path, show: Callable[[int], object] = lambda persons: None
) -> tuple[Source, Float[np.ndarray, "P D"]]:
    """The model's word on everybody, and a vector a person of how they look, out of `folder` where it is kept.

    Raises PoseModelError, CropError.
    """
    path, key = folder / KEPT_AS, _key(model, everybody)
    if path.exists():
        with np.load(path, allow_pickle=False) as kept:
            if str(kept["key"]) == key:
                return Source("model", kept["xyc"], kept["inconsistency"]), kept["looks"]
    judged, looks = _look(model, everybody, show)
    xyc = np.stack([one.prediction.xyc for one in judged])
    source = Source("model", xyc, np.stack([one.inconsistency for one in judged]))
    content = io.BytesIO()
    np.savez_compressed(content, key=np.array(key), xyc=xyc, inconsistency=source.inconsistency, looks=looks)
    write_atomically(path, content.getvalue())
    return source, looks


def _look(
    model: PoseModel, everybody: Everybody, show: Callable[[int], object]
) -> tuple[Sequence[Judged], Float[np.ndarray, "P D"]]:
    """Image by image: each is read once."""
    found: dict[int, Judged] = {}
    looks = np.zeros((len(everybody), _SIDE**2))
    in_order = sorted(range(len(everybody)), key=lambda i: everybody.persons[i].image.path)
    for path, rows in groupby(in_order, key=lambda i: everybody.persons[i].image.path):
        of_image, image = list(rows), read_image(path)
        people = [
            Person(image, everybody.persons[i].box, everybody.lens(i), everybody.persons[i].area) for i in of_image
        ]
        found |= dict(zip(of_image, judge(model, people, skeleton=everybody.skeleton), strict=True))
        for i in of_image:
            looks[i] = look_of(image, everybody.persons[i].box)
        show(len(of_image))
    return [found[i] for i in range(len(everybody))], looks


def look_of(image: UInt8[np.ndarray, "H W 3"], box: Box) -> Float[np.ndarray, "D"]:
    """A person's box as 16 x 16 grey values of mean 0 and variance 1; zeros where the image shows nothing of it."""
    around = box.enclosing
    left, top = max(0, int(around.x)), max(0, int(around.y))
    shown = image[top : int(np.ceil(around.y + around.height)), left : int(np.ceil(around.x + around.width))]
    if not shown.size:
        return np.zeros(_SIDE**2)
    grey = cv2.cvtColor(np.ascontiguousarray(shown), cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.float64).ravel()
    return np.asarray((small - small.mean()) / (small.std() + 1e-6))


def _key(model: PoseModel, everybody: Everybody) -> str:
    """Changes with the model, with its copies, and with who is looked at, where."""
    told = [
        model.sha256,
        *COPIES,
        *(f"{one.image.path} {one.box} {everybody.lens(i)}" for i, one in enumerate(everybody.persons)),
    ]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()
