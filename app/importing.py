"""A folder of images into the home, with or without a COCO file: what is wrong is named, the rest is there."""

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from app.decoding import SUFFIXES, DecodedImage, DecodeError, decode, describe
from app.files import ImageFiles
from db import images, project, queue
from db.errors import StoreError
from db.records import NewImage, NewPerson, RankingEntry, Split
from db.session import Store
from sspcm.formats.coco import CocoError, CocoFile, CocoImage, CocoPerson, read_coco
from sspcm.ranking import cold_ranking
from sspcm.skeleton import BUILT_IN, Skeleton

COLD_BLIND_SHARE = 0.1
DEFAULT_CAMERA = "default"

Progress = Callable[[int, int], None]
"""Told (images done, images in all)."""


class ImportFailed(ValueError):
    """Nothing could be imported; the message says why."""


@dataclass(frozen=True)
class ImportReport:
    """What an import did; complaints name what was left out, and why."""

    images_new: int
    images_known: int
    persons: int
    labelled: int
    complaints: tuple[str, ...]
    seconds: float


@dataclass
class _Tally:
    new: int = 0
    known: int = 0
    persons: int = 0
    labelled: int = 0
    complaints: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Source:
    """One image to import: its file, its entry in the COCO file if there is one, and its place in its camera."""

    path: Path
    name: str
    entry: CocoImage | None
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
    skeleton: Skeleton = BUILT_IN["coco-17"],
    project_name: str = "Overhead pose",
    progress: Progress | None = None,
) -> ImportReport:
    """Import every image of a folder, or those a COCO file names; importing again changes nothing.

    Each image and its persons come in one transaction, its bytes before it. `skeleton` counts where no COCO file names
    one. Raises ImportFailed when nothing can be imported: no folder, an unreadable file, another skeleton than the
    home's.
    """
    began = time.perf_counter()
    if not images_dir.is_dir():
        raise ImportFailed(f"{images_dir} is not a folder. Give the folder that holds the images.")
    coco = _read_annotations(annotations)
    sources, tally = _sources(images_dir, coco, group_from)
    if not sources:
        raise ImportFailed(
            f"found no image to import in {images_dir} (looked for {', '.join(SUFFIXES)}"
            + (f", named by {annotations.name}" if annotations else "")
            + "). "
            + " ".join(tally.complaints[:3])
        )
    _prepare_project(store, project_name, coco.skeleton if coco else skeleton, coco)
    persons = _by_image(coco.persons if coco else ())
    for done, source in enumerate(sources, start=1):
        _import_one(store, files, source, persons.get(source.entry.id, []) if source.entry else [], split, tally)
        if progress:
            progress(done, len(sources))
    rank_cold(store, files)
    seconds = time.perf_counter() - began
    return ImportReport(tally.new, tally.known, tally.persons, tally.labelled, tuple(tally.complaints), seconds)


def _read_annotations(path: Path | None) -> CocoFile | None:
    if path is None:
        return None
    try:
        return read_coco(path)
    except CocoError as error:
        raise ImportFailed(str(error)) from error


def _prepare_project(store: Store, name: str, skeleton: Skeleton, coco: CocoFile | None) -> None:
    with store.transaction() as tx:
        try:
            known = project.ensure_project(tx, name=name, skeleton=skeleton)
        except StoreError as error:
            raise ImportFailed(str(error)) from error
        if coco is not None and not known.coco_header:
            project.set_coco_header(tx, coco.header)


def _sources(folder: Path, coco: CocoFile | None, group_from: str | None) -> tuple[list[_Source], _Tally]:
    """What to import in natural order, and complaints about files that are missing or not named."""
    tally = _Tally()
    found = {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.suffix.lower() in SUFFIXES and path.is_file()
    }
    if coco is None:
        named: list[tuple[str, CocoImage | None]] = [(name, None) for name in found]
    else:
        tally.complaints += coco.complaints
        _check_group_field(coco, group_from)
        named = [(image.file_name, image) for image in coco.images]
        missing = [name for name, _ in named if name not in found]
        tally.complaints += [f"image {name!r}: the folder has no such file; left out." for name in missing]
        unnamed = len(set(found) - {name for name, _ in named})
        if unnamed:
            tally.complaints.append(f"{unnamed} image file(s) of the folder are not named by the COCO file; left out.")
    named.sort(key=lambda pair: _natural(pair[0]))
    frames: dict[str, int] = {}
    sources = []
    for name, entry in named:
        if name in found:
            camera = _camera(name, entry, group_from)
            frames[camera] = frames.get(camera, -1) + 1
            sources.append(_Source(found[name], name, entry, camera, frames[camera]))
    return sources, tally


def _check_group_field(coco: CocoFile, group_from: str | None) -> None:
    if group_from is None or any(group_from in image.extra for image in coco.images):
        return
    fields = sorted({key for image in coco.images for key in image.extra})
    near = get_close_matches(group_from, fields, n=1)
    hint = f"Did you mean '{near[0]}'?" if near else f"They have: {', '.join(fields) or 'no further field'}."
    raise ImportFailed(f"no image of the COCO file has a field '{group_from}' to group by. {hint}")


def _natural(name: str) -> list[tuple[int, str]]:
    """frame9 before frame10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name) if part]


def _camera(name: str, entry: CocoImage | None, group_from: str | None) -> str:
    if group_from is not None and entry is not None and group_from in entry.extra:
        return str(entry.extra[group_from])
    folder = Path(name).parent.as_posix()
    return DEFAULT_CAMERA if folder == "." else folder


def _by_image(persons: Iterable[CocoPerson]) -> dict[int, list[CocoPerson]]:
    grouped: dict[int, list[CocoPerson]] = {}
    for person in persons:
        grouped.setdefault(person.image_id, []).append(person)
    return grouped


def _import_one(
    store: Store, files: ImageFiles, source: _Source, persons: Sequence[CocoPerson], split: Split, tally: _Tally
) -> None:
    try:
        decoded = decode(source.path.read_bytes())
        _check_size(decoded, source.entry)
    except (DecodeError, OSError) as error:
        tally.complaints.append(f"image {source.name!r}: {error}; left out with {len(persons)} person(s).")
        return
    image = NewImage(
        sha256=files.put(decoded.content, decoded.suffix),
        file_name=source.name,
        width=decoded.width,
        height=decoded.height,
        camera=source.camera,
        frame=source.frame,
        split=split,
        source_id=source.entry.id if source.entry else None,
        extra=source.entry.extra if source.entry else {},
    )
    new_persons = [_new_person(person) for person in persons]
    try:
        with store.transaction() as tx:
            _, is_new = images.add_image(tx, image, new_persons)
    except StoreError as error:
        tally.complaints.append(f"image {source.name!r}: {error} Left out with {len(persons)} person(s).")
        return
    if not is_new:
        tally.known += 1
        return
    tally.new += 1
    tally.persons += len(new_persons)
    tally.labelled += sum(person.label is not None for person in new_persons)


def _check_size(decoded: DecodedImage, entry: CocoImage | None) -> None:
    if entry is None or (entry.width, entry.height) == (decoded.width, decoded.height):
        return
    turned = " before its EXIF turn" if (entry.width, entry.height) == decoded.file_size else ""
    raise DecodeError(
        f"the COCO file says {entry.width} x {entry.height} px{turned}, the upright image has "
        f"{decoded.width} x {decoded.height}; its coordinates would not fit"
    )


def _new_person(person: CocoPerson) -> NewPerson:
    instance = person.person
    return NewPerson(instance.box, instance.label, instance.area, person.id, instance.extra)


def rank_cold(store: Store, files: ImageFiles) -> None:
    """Order the open pool by how unlike its images are, until a round is published; after that, leave it."""
    with store.reading() as tx:
        if project.get_project(tx).published_round is not None:
            return
        pool = [image for image in images.list_images(tx, split="train") if image.is_open]
    features = {image.id: describe(files.path(image.sha256).read_bytes()) for image in pool}
    ranking = cold_ranking(features, blind_share=COLD_BLIND_SHARE, seed=0)
    entries = [
        RankingEntry(ranked.image_id, place, ranked.score, ranked.reasons, ranked.blind)
        for place, ranked in enumerate(ranking.entries)
    ]
    with store.transaction() as tx:
        queue.replace_cold_ranking(tx, entries)


def as_json(report: ImportReport) -> Mapping[str, object]:
    """The report as plain data."""
    return {
        "images_new": report.images_new,
        "images_known": report.images_known,
        "persons": report.persons,
        "labelled": report.labelled,
        "complaints": list(report.complaints),
        "seconds": round(report.seconds, 2),
    }
