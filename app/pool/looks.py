"""What stored images look like, and the light on their people: looked at once, kept in a file of the home.

    looks.npz: images (SHA-256), features (a vector each); boxes (a hash of image and box), light (two numbers each)

An image's bytes never change under their hash, so nothing that is kept grows old.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass

import numpy as np
from jaxtyping import Float

from app.home.image_files import ImageFiles
from app.home.shared_files import shared_files
from app.pool.describing import DIMENSIONS, describe
from db.records import ImageRecord, PersonRecord
from sspcm.images.reading import read_grey
from sspcm.ranking.labelable import Light, light_in, why_not
from sspcm.whole_files import write_atomically

FILE = "looks.npz"
UNSEEN = np.zeros(DIMENSIONS, np.float16)
"""Of an image that cannot be read: like the mean of all."""


@dataclass(frozen=True, eq=False)
class Looks:
    """By image, a vector; by person, the light in their box, where it could be seen."""

    features: Mapping[int, Float[np.ndarray, "D"]]
    light: Mapping[int, Light | None]


@dataclass(eq=False)
class _Kept:
    """What was seen so far, by hash. A light of NaN: the box shows nothing."""

    features: dict[str, Float[np.ndarray, "D"]]
    light: dict[str, tuple[float, float]]
    is_new: bool = False


def look_at(files: ImageFiles, images: Sequence[ImageRecord], persons: Sequence[PersonRecord]) -> Looks:
    """What these images look like, and how bright these of their persons are; only what is new is read from disk."""
    kept = _read(files)
    boxes: dict[int, list[PersonRecord]] = {}
    for person in persons:
        boxes.setdefault(person.image_id, []).append(person)
    files.fetch(image.sha256 for image in images if _new(image, boxes.get(image.id, []), kept))
    for image in images:
        _see(files, image, boxes.get(image.id, []), kept)
    if kept.is_new:
        _write(files, kept)
    of_image = {image.id: image.sha256 for image in images}
    shown = [person for person in persons if person.image_id in of_image]
    return Looks(
        features={i: kept.features[sha256] for i, sha256 in of_image.items()},
        light={one.id: _light(kept, _key(of_image[one.image_id], one)) for one in shown},
    )


def known_light(
    files: ImageFiles, images: Sequence[ImageRecord], persons: Sequence[PersonRecord]
) -> dict[int, Light | None]:
    """How bright these persons are, of those whom an import looked at; nothing is read but what the home keeps."""
    kept, of_image = _read(files), {image.id: image.sha256 for image in images}
    keys = {one.id: _key(of_image[one.image_id], one) for one in persons if one.image_id in of_image}
    return {person_id: _light(kept, key) for person_id, key in keys.items() if key in kept.light}


def unlabelable(persons: Sequence[PersonRecord], looks: Looks, *, smallest_px: int) -> dict[int, str]:
    """Which of the persons nobody can label, and why."""
    why = {one.id: why_not(one.box, looks.light.get(one.id), smallest_px=smallest_px) for one in persons}
    return {person_id: reason for person_id, reason in why.items() if reason is not None}


def forget_looks(files: ImageFiles, sha256s: Sequence[str], persons: Sequence[PersonRecord] = ()) -> None:
    """Take what was seen of images, and of these persons in them, away."""
    if not (files.home / FILE).exists() and files.is_alone:
        return
    kept = _read(files)
    seen = [kept.features.pop(one, None) is not None for one in sha256s]
    lit = [kept.light.pop(_key(sha256, one), None) is not None for sha256 in sha256s for one in persons]
    if any(seen) or any(lit):
        _write(files, kept)


def _see(files: ImageFiles, image: ImageRecord, persons: Sequence[PersonRecord], kept: _Kept) -> None:
    if not _new(image, persons, kept):
        return
    new = [person for person in persons if _key(image.sha256, person) not in kept.light]
    kept.is_new = True
    try:
        content = files.path(image.sha256).read_bytes()
        grey = read_grey(content) if content else None
    except OSError:
        grey = None
    kept.features[image.sha256] = UNSEEN if grey is None else describe(grey).astype(np.float16)
    for person in new:
        light = None if grey is None else light_in(grey, person.box, width=image.width, height=image.height)
        kept.light[_key(image.sha256, person)] = (np.nan, np.nan) if light is None else astuple(light)


def _new(image: ImageRecord, persons: Sequence[PersonRecord], kept: _Kept) -> bool:
    """Whether it is to be looked at, or one of its persons."""
    return image.sha256 not in kept.features or any(_key(image.sha256, one) not in kept.light for one in persons)


def _key(sha256: str, person: PersonRecord) -> str:
    return hashlib.sha256(json.dumps([sha256, astuple(person.box)]).encode()).hexdigest()[:32]


def _light(kept: _Kept, key: str) -> Light | None:
    brightness, contrast = kept.light[key]
    return None if np.isnan(brightness) else Light(brightness, contrast)


def _read(files: ImageFiles) -> _Kept:
    """What the home keeps; nothing where the file is not there, or broken. A machine begins with what others saw."""
    shared_files(files.home).fetch(FILE)
    try:
        with np.load(io.BytesIO((files.home / FILE).read_bytes()), allow_pickle=False) as found:
            features = dict(zip(found["images"].tolist(), found["features"], strict=True))
            return _Kept(features, dict(zip(found["boxes"].tolist(), map(tuple, found["light"]), strict=True)))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return _Kept({}, {})


def _write(files: ImageFiles, kept: _Kept) -> None:
    buffer = io.BytesIO()
    np.savez(
        buffer,
        images=np.array(list(kept.features), dtype="U64"),
        features=np.array(list(kept.features.values()), dtype=np.float16).reshape(-1, DIMENSIONS),
        boxes=np.array(list(kept.light), dtype="U32"),
        light=np.array(list(kept.light.values()), dtype=np.float64).reshape(-1, 2),
    )
    write_atomically(files.home / FILE, buffer.getvalue())
    shared_files(files.home).put(FILE)
