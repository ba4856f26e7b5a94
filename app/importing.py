"""A folder of images into the home, with or without a COCO file: what is wrong is named, the rest is there."""

import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import get_args

from sqlalchemy.orm import Session

from app.categories import adopt_categories
from app.files import ImageFiles
from app.finding_lenses import find_lenses
from app.ordering import rank_before_rounds
from db import images, project, queue
from db.clock import utc_now
from db.errors import NotFound, StoreError
from db.records import ImageRecord, LensSource, NewImage, NewPerson, Split
from db.session import Store
from sspcm.decoding import DecodedImage, DecodeError, decode
from sspcm.formats.coco import CocoError, CocoFile, CocoImage, CocoPerson, read_coco
from sspcm.skeleton import BUILT_IN, Skeleton

DEFAULT_CAMERA = "default"
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")

Progress = Callable[[int, int], None]
"""Told (images done, images in all)."""


class ImportFailed(ValueError):
    """Nothing could be imported; the message says why."""


@dataclass(frozen=True)
class ImportReport:
    """What an import did; complaints name what was left out or looks wrong, and why."""

    images_new: int
    images_known: int
    persons: int
    labelled: int
    complaints: tuple[str, ...]
    seconds: float
    lenses: Mapping[LensSource, int]
    """How many of the cameras have their lens circle from where."""


@dataclass
class _Tally:
    new: int = 0
    known: int = 0
    persons: int = 0
    labelled: int = 0
    complaints: list[str] = field(default_factory=list)
    cameras: set[str] = field(default_factory=set)
    grown: set[str] = field(default_factory=set)
    """Cameras that have new images."""


@dataclass(frozen=True)
class _Source:
    """One image to import: its file, its entry in the COCO file if there is one, and its place in its camera."""

    path: Path
    name: str
    entry: CocoImage | None
    persons: tuple[CocoPerson, ...]
    camera: str
    frame: int


def import_folder(
    store: Store,
    files: ImageFiles,
    *,
    images_dir: Path,
    annotations: Path | None = None,
    group_from: str | None = None,
    split: Split = "train",
    skeleton: Skeleton | None = None,
    project_name: str = "Overhead pose",
    progress: Progress | None = None,
) -> ImportReport:
    """Import every image of a folder, or those a COCO file names; importing again changes nothing.

    The lens circles of cameras with new images are then looked for, unless a person set them.

    Each image and its persons come in one transaction, its bytes before it. Its camera is what the image's field
    `group_from` says, else its sub-folder, else what its file name shares with others before their number, else
    "default". Coordinates are those of the upright image, after its EXIF turn. `skeleton` counts where the COCO file
    names no keypoints; None means the home's own, or coco-17 in a new home.
    Raises ImportFailed when nothing can be imported: no folder, an unreadable file, another skeleton than the home's.
    """
    began = time.perf_counter()
    if not images_dir.is_dir():
        raise ImportFailed(f"{images_dir} is not a folder. Give the folder that holds the images.")
    coco = _read_annotations(annotations)
    _check_group_field(coco, group_from)
    tally = _Tally(complaints=list(coco.complaints) if coco else [])
    found = _find_images(images_dir)
    named = _name_images(found, coco, tally)
    if not named:
        raise ImportFailed(
            f"found no image to import in {images_dir} (looked for {', '.join(SUFFIXES)}"
            + (f", named by {annotations.name}" if annotations else "")
            + "). "
            + (" ".join(tally.complaints[:3]) or "Give the folder that holds the images.")
        )
    coco = _prepare_project(store, project_name, skeleton, coco)
    sources = _place(store, found, named, coco, group_from)
    for done, source in enumerate(sources, start=1):
        _import_one(store, files, source, split, tally)
        if progress:
            progress(done, len(sources))
    if tally.new or not _has_order(store):
        rank_before_rounds(store, files)
    lenses = find_lenses(store, files, tally.cameras, grown=tally.grown)
    seconds = time.perf_counter() - began
    return ImportReport(tally.new, tally.known, tally.persons, tally.labelled, tuple(tally.complaints), seconds, lenses)


def _read_annotations(path: Path | None) -> CocoFile | None:
    if path is None:
        return None
    try:
        return read_coco(path)
    except CocoError as error:
        raise ImportFailed(str(error)) from error


def _check_group_field(coco: CocoFile | None, group_from: str | None) -> None:
    if group_from is None:
        return
    if coco is None:
        raise ImportFailed(
            f"there is no COCO file whose images could have the field '{group_from}' to group by. "
            "Give one as annotations, or put each camera's images into a sub-folder of its own."
        )
    if any(group_from in image.extra for image in coco.images):
        return
    fields = sorted({key for image in coco.images for key in image.extra})
    near = get_close_matches(group_from, fields, n=1)
    hint = f"Did you mean '{near[0]}'?" if near else f"They have: {', '.join(fields) or 'no further field'}."
    raise ImportFailed(f"no image of the COCO file has a field '{group_from}' to group by. {hint}")


def _find_images(folder: Path) -> dict[str, Path]:
    """Every image file below the folder, by its path from there."""
    return {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.suffix.lower() in SUFFIXES and path.is_file()
    }


def _name_images(found: Mapping[str, Path], coco: CocoFile | None, tally: _Tally) -> list[str]:
    """What to import, in natural order; complaints about files that are missing or that nobody names."""
    if coco is None:
        return sorted(found, key=_natural)
    names = {image.file_name for image in coco.images}
    tally.complaints += [
        f"image {image.file_name!r}: the folder has no such file; left out."
        for image in coco.images
        if image.file_name not in found
    ]
    unnamed = sorted(set(found) - names, key=_natural)
    if unnamed:
        tally.complaints.append(
            f"{len(unnamed)} image file(s) of the folder, {unnamed[0]!r} first, are not named by the COCO file; "
            "left out."
        )
    return sorted(names & set(found), key=_natural)


def _prepare_project(store: Store, name: str, skeleton: Skeleton | None, coco: CocoFile | None) -> CocoFile | None:
    """The home's project, made if there is none, with the COCO file's header if it had none yet.

    The file comes back with its annotations in the home's categories.
    """
    with store.transaction() as tx:
        try:
            wanted = _named_skeleton(coco) or skeleton or _own_skeleton(tx) or BUILT_IN["coco-17"]
            known = project.ensure_project(tx, name=name, skeleton=wanted)
        except StoreError as error:
            raise ImportFailed(str(error)) from error
        if coco is None:
            return None
        if not known.coco_header:
            project.set_coco_header(tx, coco.header)
            return coco
        coco, categories = adopt_categories(coco, known.coco_header.get("categories", []))
        project.set_coco_header(tx, {**known.coco_header, "categories": categories})
        return coco


def _named_skeleton(coco: CocoFile | None) -> Skeleton | None:
    """The skeleton that the file itself names, if it does; a file of boxes names none."""
    names_one = coco is not None and any(c.get("keypoints") for c in coco.header["categories"] if isinstance(c, dict))
    return coco.skeleton if coco is not None and names_one else None


def _own_skeleton(tx: Session) -> Skeleton | None:
    try:
        return project.get_project(tx).skeleton
    except NotFound:
        return None


def _place(
    store: Store,
    found: Mapping[str, Path],
    named: Sequence[str],
    coco: CocoFile | None,
    group_from: str | None,
) -> list[_Source]:
    """Each image with its persons, its camera and its frame number there.

    Frames count on from those that the camera has from other imports.
    """
    persons = _by_image(coco.persons if coco else ())
    entries = {image.file_name: image for image in coco.images} if coco else {}
    shared = Counter(map(_prefix, named))
    frames = _next_frames(store, set(named))
    sources = []
    for name in named:
        entry = entries.get(name)
        camera = _camera(name, entry, group_from, shared)
        own = tuple(persons.get(entry.id, ())) if entry else ()
        sources.append(_Source(found[name], name, entry, own, camera, frames[camera]))
        frames[camera] += 1
    return sources


def _next_frames(store: Store, names: Collection[str]) -> defaultdict[str, int]:
    """The first free frame number of each camera, images of these names aside: they have theirs already."""
    frames: defaultdict[str, int] = defaultdict(int)
    with store.reading() as tx:
        for image in images.list_images(tx):
            if image.file_name not in names:
                frames[image.camera.name] = max(frames[image.camera.name], image.frame + 1)
    return frames


def _natural(name: str) -> list[tuple[int, str]]:
    """frame9 before frame10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name) if part]


def _camera(name: str, entry: CocoImage | None, group_from: str | None, shared: Mapping[str, int]) -> str:
    if group_from is not None and entry is not None and group_from in entry.extra:
        return str(entry.extra[group_from])
    folder = Path(name).parent.as_posix()
    if folder != ".":
        return folder
    prefix = _prefix(name)
    return prefix if prefix and shared[prefix] > 1 else DEFAULT_CAMERA


def _prefix(name: str) -> str:
    """What a file name says before its last number: "hall" of "hall_0012.jpg"."""
    return re.sub(r"[\W_]*\d+$", "", Path(name).stem)


def _by_image(persons: Iterable[CocoPerson]) -> dict[int, list[CocoPerson]]:
    grouped: dict[int, list[CocoPerson]] = {}
    for person in persons:
        grouped.setdefault(person.image_id, []).append(person)
    return grouped


def _import_one(store: Store, files: ImageFiles, source: _Source, split: Split, tally: _Tally) -> None:
    try:
        decoded = decode(source.path.read_bytes())
        _check_size(decoded, source.entry)
    except (DecodeError, OSError) as error:
        tally.complaints.append(f"image {source.name!r}: {error}; left out with {len(source.persons)} person(s).")
        return
    sha256 = files.put(decoded.content, decoded.suffix)  # before its row: a row never names bytes that are not there
    new_persons = [_new_person(person) for person in source.persons]
    try:
        with store.transaction() as tx:
            stored, is_new = images.add_image(tx, _new_image(source, decoded, sha256, split), new_persons)
            missing = 0 if is_new else _count_missing(tx, stored, new_persons)
    except StoreError as error:
        tally.complaints.append(f"image {source.name!r}: {error} Left out with {len(new_persons)} person(s).")
        return
    tally.cameras.add(stored.camera.name)
    if not is_new:
        tally.known += 1
        tally.complaints += _differences(stored, split, missing)
        return
    tally.new += 1
    tally.grown.add(stored.camera.name)
    tally.persons += len(new_persons)
    tally.labelled += sum(person.label is not None for person in new_persons)


def _new_image(source: _Source, decoded: DecodedImage, sha256: str, split: Split) -> NewImage:
    return NewImage(
        sha256=sha256,
        file_name=source.name,
        width=decoded.width,
        height=decoded.height,
        camera=source.camera,
        frame=source.frame,
        split=split,
        source_id=source.entry.id if source.entry else None,
        extra=source.entry.extra if source.entry else {},
    )


def _count_missing(tx: Session, stored: ImageRecord, persons: Sequence[NewPerson]) -> int:
    """How many of the file's persons an image that was here before does not have."""
    known = {person.source_id for person in images.list_persons(tx, image_id=stored.id)}
    return sum(person.source_id not in known for person in persons)


def _differences(stored: ImageRecord, split: Split, missing: int) -> Iterator[str]:
    """What the file says of a known image and the home does not follow."""
    if stored.split != split:
        yield f"image {stored.file_name!r}: is here as {stored.split} already and stays so; asked for {split}."
    if missing:
        yield (
            f"image {stored.file_name!r}: is here already, without {missing} person(s) of the file, who were not "
            "added. Import into a new home to have them."
        )


def _check_size(decoded: DecodedImage, entry: CocoImage | None) -> None:
    """Coordinates are those of the upright image. Raises DecodeError where the COCO file has another frame."""
    if entry is None or (entry.width, entry.height) == (decoded.width, decoded.height):
        return
    unturned = ", as before its EXIF turn" if (entry.width, entry.height) == decoded.file_size else ""
    raise DecodeError(
        f"the COCO file says {entry.width} x {entry.height} px{unturned}, the upright image has "
        f"{decoded.width} x {decoded.height} px; its coordinates would not fit"
    )


def _new_person(person: CocoPerson) -> NewPerson:
    instance = person.person
    return NewPerson(instance.box, instance.label, instance.area, person.id, instance.extra)


def _has_order(store: Store) -> bool:
    """Whether the queue has an order, as it lacks one when the first import was interrupted."""
    with store.reading() as tx:
        return all(item.score is not None for item in queue.listing(tx, limit=1, now=utc_now()))


def as_json(report: ImportReport) -> Mapping[str, object]:
    """The report as plain data."""
    return {
        "images_new": report.images_new,
        "images_known": report.images_known,
        "persons": report.persons,
        "labelled": report.labelled,
        "complaints": list(report.complaints),
        "seconds": round(report.seconds, 2),
        "lenses": {source: report.lenses.get(source, 0) for source in get_args(LensSource)},
    }
