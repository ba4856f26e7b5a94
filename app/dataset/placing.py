"""Which camera an image belongs to, and its number there: by a field, its folder, or what file names share."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from db.pool import images
from db.store.session import Store
from sspcm.formats.coco.reading import CocoFile, CocoImage, CocoPerson

DEFAULT_CAMERA = "default"
_LONGEST_NUMBER = 100


@dataclass(frozen=True)
class Source:
    """One image to import: its file, its entry in the COCO file if there is one, and its place in its camera."""

    path: Path
    name: str
    entry: CocoImage | None
    persons: tuple[CocoPerson, ...]
    camera: str
    frame: int


def place(
    store: Store, paths: Mapping[str, Path], coco: CocoFile | None, there: Mapping[str, str], group_from: str | None
) -> list[Source]:
    """Each image in natural order with its persons, its camera and its frame number there.

    there: the name of each image of the COCO file in the folder. Frames count on from those that the camera has from
    other imports.
    """
    persons = by_image(coco.persons if coco else ())
    entries = {there[image.file_name]: image for image in coco.images if image.file_name in there} if coco else {}
    named = sorted(entries if coco else paths, key=natural)
    shared = Counter(map(_prefix, named))  # a prefix of one image alone is no camera
    frames = _next_frames(store, set(named))
    sources = []
    for name in named:
        entry = entries.get(name)
        camera = _camera(name, entry, group_from, shared)
        own = tuple(persons.get(entry.id, ())) if entry else ()
        sources.append(Source(paths[name], name, entry, own, camera, frames[camera]))
        frames[camera] += 1
    return sources


def natural(name: str) -> list[tuple[int, str]]:
    """frame9 before frame10."""
    parts = [part for part in re.split(r"(\d+)", name) if part]
    # Python refuses to read numbers of thousands of digits
    return [(int(part), "") if part.isdecimal() and len(part) <= _LONGEST_NUMBER else (-1, part) for part in parts]


def by_image(persons: Iterable[CocoPerson]) -> dict[int, list[CocoPerson]]:
    """The persons of each image, by its number in the file."""
    grouped: dict[int, list[CocoPerson]] = {}
    for person in persons:
        grouped.setdefault(person.image_id, []).append(person)
    return grouped


def named_camera(entry: CocoImage | None, group_from: str | None) -> str | None:
    """The camera that the file itself says, if it does."""
    if group_from is None or entry is None or group_from not in entry.extra:
        return None
    return str(entry.extra[group_from])


def _next_frames(store: Store, names: Collection[str]) -> defaultdict[str, int]:
    """The first free frame number of each camera, images of these names aside: they have theirs already."""
    frames: defaultdict[str, int] = defaultdict(int)
    with store.reading() as tx:
        for image in images.list_images(tx):
            if image.file_name not in names:
                frames[image.camera.name] = max(frames[image.camera.name], image.frame + 1)
    return frames


def _camera(name: str, entry: CocoImage | None, group_from: str | None, shared: Mapping[str, int]) -> str:
    named = named_camera(entry, group_from)
    if named is not None:
        return named
    folder = Path(name).parent.as_posix()
    if folder != ".":
        return folder
    prefix = _prefix(name)
    return prefix if prefix and shared[prefix] > 1 else DEFAULT_CAMERA


def _prefix(name: str) -> str:
    """What a file name says before its last number: "hall" of "hall_0012.jpg"."""
    return re.sub(r"[\W_]*\d+$", "", Path(name).stem)
