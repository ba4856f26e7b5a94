"""A folder of images into the home, with or without a COCO file: what is wrong is named, the rest is there."""

import hashlib
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.cameras.finding import find_lenses
from app.dataset.finding_images import find_images
from app.dataset.headers import adopt_header
from app.dataset.merging_labels import BY_COMMAND, new_persons, tell_merged
from app.dataset.naming_images import left_out_with, name_images, one_entry_each
from app.dataset.placing import Source, named_camera, place
from app.dataset.report import ImportFailed, ImportReport, Tally
from app.home.failures import Home, failure_of
from app.home.home_command import home_command
from app.home.image_files import ImageFiles
from app.pool.ordering import rank_before_rounds
from db.clock import utc_now
from db.errors import NotFound, StoreError, WasDeleted
from db.labelling import queue
from db.labelling.merging import Merged, merge_image
from db.pool import images, project
from db.pool.persons import list_persons
from db.pool.tombstones import require_allowed
from db.records import ImageRecord, NewImage, NewPerson, Split
from db.store.session import Store
from sspcm.formats.coco.reading import KEPT_ASIDE, CocoError, CocoFile, CocoImage, read_coco
from sspcm.formats.complaints import Complaints
from sspcm.images.limits import USUAL, Limits
from sspcm.images.reading import DecodedImage, DecodeError, check_bytes, decode
from sspcm.skeletons.skeleton import BUILT_IN, Skeleton, differences, in_order_of

Progress = Callable[[int, int], None]
"""Told (images done, images in all)."""


@dataclass(frozen=True)
class _Ways:
    """How every image of one import is taken."""

    split: Split
    limits: Limits
    update: bool
    group_from: str | None
    names_here: frozenset[str]
    """Of images that were here before."""


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
    update: bool = False,
    limits: Limits = USUAL,
    progress: Progress | None = None,
) -> ImportReport:
    """Import every image of a folder, or those a COCO file names; importing again changes nothing.

    What the file adds to images that are here comes in (`db.labelling.merging`); what it says otherwise is told, or
    taken with `update`. The lens circles of cameras with new images are then looked for, unless a person set them.

    Each image and its persons come in one transaction, its bytes before it. Its camera is what the image's field
    `group_from` says, else its sub-folder, else what its file name shares with others before their number, else
    "default". Coordinates are those of the upright image, after its EXIF turn. `skeleton` is what the keypoints are:
    where the COCO file names some, they must be these. None means the home's own, else the file's, else coco-17.
    Raises ImportFailed when nothing can be imported: no folder, an unreadable file, another skeleton than the home's;
    and when the disk is full, saying how far it came.
    """
    began = time.perf_counter()
    if not images_dir.is_dir():
        raise ImportFailed(f"{images_dir} is not a folder. Give the folder that holds the images.")
    ours = (files.home, files.folder, files.home / "thumbs")
    _require_foreign(images_dir, ours[1:])
    coco = None if annotations is None else read_annotations(annotations, skeleton or own_skeleton(store))
    _check_group_field(coco, group_from)
    complaints = Complaints()
    found = find_images(images_dir, complaints, apart_from=annotations, ours=ours)
    there = name_images(found, coco, complaints)
    if not there:
        raise ImportFailed(
            _nothing_found(images_dir, annotations, (*(coco.complaints if coco else ()), *complaints.told()))
        )
    coco = one_entry_each(coco, there) if coco else None
    own = own_skeleton(store)  # before `prepare_project` makes one
    coco = prepare_project(store, project_name, skeleton, coco)
    if own is not None and skeleton is not None:
        _tell_other_skeleton(own, skeleton, files.home, complaints)
    sources = place(store, found.paths if coco else found.images, coco, there, group_from)
    tally = Tally(complaints)
    with _saying_how_far_it_came(files, tally, len(sources)):
        _import_all(
            store, files, sources, _Ways(split, limits, update, group_from, _names_here(store)), tally, progress
        )
        if not tally.new and not tally.known:
            _forget_unused(store)
        elif tally.new or tally.merged.persons_added or not _has_order(store):
            rank_before_rounds(store, files)
        lenses = find_lenses(store, files, tally.cameras, grown=tally.grown)
    told = (*(coco.complaints if coco else ()), *complaints.told())
    seconds = time.perf_counter() - began
    return ImportReport(tally.new, tally.known, tally.persons, tally.labelled, told, seconds, lenses, tally.merged)


def _require_foreign(folder: Path, ours: Sequence[Path]) -> None:
    """Raises ImportFailed for a folder in which the home keeps images: each would come in a second time."""
    whole = folder.resolve()
    if any(whole.is_relative_to(own.resolve()) for own in ours):
        raise ImportFailed(
            f"{folder} is where the home keeps the images that it has; wanted a folder of others. "
            "Give the folder from which they come."
        )


def _nothing_found(folder: Path, annotations: Path | None, complaints: Sequence[str]) -> str:
    named = f", named by {annotations.name}" if annotations else ""
    return f"found no image to import in {folder} (looked for JPEG, PNG, WebP, BMP, TIFF and GIF{named}). " + (
        " ".join(complaints[:3]) or "Give the folder that holds the images."
    )


def read_annotations(path: Path, skeleton: Skeleton | None) -> CocoFile:
    """The file, whatever of it can be read, its keypoints as the skeleton has them. Raises ImportFailed."""
    try:
        return read_coco(path, skeleton)
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
    none = "They have no further field: leave it out, and sub-folders or file names tell the cameras."
    hint = f"Did you mean '{near[0]}'?" if near else f"They have: {', '.join(fields)}." if fields else none
    raise ImportFailed(f"no image of the COCO file has a field '{group_from}' to group by. {hint}")


def prepare_project(store: Store, name: str, skeleton: Skeleton | None, coco: CocoFile | None) -> CocoFile | None:
    """The home's project, made if there is none, with the COCO file's header beside its own.

    The file comes back as one of the home's: what its images and annotations point at is where the home has it.
    """
    wanted = skeleton or (coco.skeleton if coco else None) or own_skeleton(store) or BUILT_IN["coco-17"]
    with store.transaction() as tx:
        try:
            known = project.ensure_project(tx, name=name, skeleton=wanted)
        except StoreError as error:
            raise ImportFailed(str(error)) from error
        if coco is None:
            return None
        if not known.coco_header:
            project.set_coco_header(tx, coco.header)
            return coco
        coco, header, complaints = adopt_header(coco, known.coco_header, lambda: _pointing(tx))
        project.set_coco_header(tx, header)
        return replace(coco, complaints=(*coco.complaints, *complaints))


def _tell_other_skeleton(own: Skeleton, given: Skeleton, home: Path, complaints: Complaints) -> None:
    """A home keeps its own mirror, edges and sigmas; a given skeleton that has others is not used, and that is said."""
    differing = differences(own, replace(in_order_of(own, given), name=own.name))
    if differing:
        command = home_command(home, "skeleton", "set", "FILE")
        complaints.say(
            f"the home's skeleton and the given '{given.name}' differ ({differing}); the home's stays. To take the "
            f"given one: {command}"
        )


def _pointing(tx: Session) -> Iterator[dict[str, Any]]:
    """The kept fields of every image, of what is kept aside there, and of every person."""
    for image in images.list_images(tx):
        yield image.extra
        aside = image.extra.get(KEPT_ASIDE)
        yield from (one for one in (aside if isinstance(aside, list) else ()) if isinstance(one, dict))
    yield from (person.extra for person in list_persons(tx))


def own_skeleton(store: Store) -> Skeleton | None:
    """The home's skeleton; None before its first import."""
    try:
        with store.reading() as tx:
            return project.get_project(tx).skeleton
    except NotFound:
        return None


def _forget_unused(store: Store) -> None:
    """A home whose first import took nothing is bound to nothing."""
    with store.transaction() as tx:
        project.forget_unused(tx)


def _names_here(store: Store) -> frozenset[str]:
    with store.reading() as tx:
        return frozenset(image.file_name for image in images.list_images(tx))


@contextmanager
def _saying_how_far_it_came(files: ImageFiles, tally: Tally, total: int) -> Iterator[None]:
    """A full disk ends an import; the images that are in are in whole, and the same command goes on from there."""
    try:
        yield
    except (OSError, OperationalError) as error:
        failure = failure_of(error, Home(files.home, is_told=True))
        if failure is None or failure.code != "disk_full":
            raise
        raise ImportFailed(
            f"the disk that holds {files.folder} or the store is full. {tally.new + tally.known} of {total} images are "
            "in, each with all of its persons. Make room there, then give the same command again: it goes on from here."
        ) from error


def _import_all(
    store: Store,
    files: ImageFiles,
    sources: Sequence[Source],
    ways: _Ways,
    tally: Tally,
    progress: Progress | None,
) -> None:
    for done, source in enumerate(sources, start=1):
        _import_one(store, files, source, ways, tally)
        if progress:
            progress(done, len(sources))
    for alike in tally.left_out.values():
        tally.complaints.say(_tell_left_out(alike))


def _import_one(store: Store, files: ImageFiles, source: Source, ways: _Ways, tally: Tally) -> None:
    try:
        decoded = _read(source.path, ways.limits)
        _check_size(decoded, source.entry)
    except (DecodeError, OSError) as error:
        _leave_out(source, _say(error), tally)
        return
    if decoded.further:
        said = "it holds several pictures, as frames or pages; the first is taken."
        tally.complaints.add(f"image {source.name!r:.300}", said, kind="image")
    try:
        with store.reading() as tx:
            require_allowed(tx, hashlib.sha256(decoded.content).hexdigest(), source.name)
    except WasDeleted as error:
        _leave_out(source, str(error), tally)
        return
    sha256 = files.put(decoded.content, decoded.suffix)  # before its row: a row never names bytes that are not there
    persons = new_persons(source.persons)
    image = _new_image(source, decoded, sha256, ways.split)
    camera = named_camera(source.entry, ways.group_from)
    try:
        with store.transaction() as tx:
            stored, is_new = images.add_image(tx, image, persons)
            merged = Merged()
            if not is_new:
                merged = merge_image(
                    tx, stored.id, image, persons, update=ways.update, moves=camera is not None, now=utc_now()
                )
                stored = images.get_image(tx, stored.id)
    except StoreError as error:
        if isinstance(error, WasDeleted):  # a moment ago
            files.forget(sha256)
        _leave_out(source, str(error), tally)
        return
    tally.cameras.add(stored.camera.name)
    if is_new:
        _count_new(stored, persons, ways, tally)
    else:
        tally.known += 1
        tally.merged += merged
        tell_merged(merged, source.name, tally.complaints, way_out=BY_COMMAND)
        _tell_split(stored, ways.split, tally.complaints)


def _read(path: Path, limits: Limits) -> DecodedImage:
    check_bytes(path.stat().st_size, limits)
    return decode(path.read_bytes(), limits)


def _say(error: DecodeError | OSError) -> str:
    return str(error) if isinstance(error, DecodeError) else f"it cannot be read ({error.strerror})"


def _leave_out(source: Source, said: str, tally: Tally) -> None:
    """The same cause is the same whatever numbers and names its words have."""
    tally.left_out.setdefault(re.sub(r"'[^']*'|[\d.,]+", "", said), []).append((source, said))


def _tell_left_out(alike: Sequence[tuple[Source, str]]) -> str:
    (first, said), persons = alike[0], sum(len(source.persons) for source, _ in alike)
    images = f"image {first.name!r:.300}" if len(alike) == 1 else f"{len(alike)} images, {first.name!r:.300} first"
    return f"{images}: {said.rstrip('.')}; {left_out_with(persons)}"


def _count_new(stored: ImageRecord, persons: Sequence[NewPerson], ways: _Ways, tally: Tally) -> None:
    tally.new += 1
    tally.grown.add(stored.camera.name)
    tally.persons += len(persons)
    tally.labelled += sum(person.label is not None for person in persons)
    if stored.file_name in ways.names_here:
        said = "an image of this name is here with other bytes; taken as a further image beside it."
        tally.complaints.add(f"image {stored.file_name!r}", said, kind="image")


def _tell_split(stored: ImageRecord, split: Split, complaints: Complaints) -> None:
    if stored.split != split:
        said = f"is here as {stored.split} already and stays so; asked for {split}."
        complaints.add(f"image {stored.file_name!r}", said, kind="image")


def _new_image(source: Source, decoded: DecodedImage, sha256: str, split: Split) -> NewImage:
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


def _check_size(decoded: DecodedImage, entry: CocoImage | None) -> None:
    """Coordinates are those of the upright image. Raises DecodeError where the COCO file has another frame."""
    told = (entry.width, entry.height) if entry is not None else (None, None)
    if entry is None or told in ((None, None), (decoded.width, decoded.height)):
        return
    is_unturned = (entry.width, entry.height) == decoded.file_size
    unturned = ", as before its EXIF turn" if is_unturned else ""
    way_out = (
        "remove the turn from the image files (exiftool -Orientation= FILE), or turn the file's coordinates"
        if is_unturned
        else "give the images that were annotated, or scale the file's sizes and coordinates to these"
    )
    raise DecodeError(
        f"the COCO file says {entry.width} x {entry.height} px{unturned}, the upright image has "
        f"{decoded.width} x {decoded.height} px; its coordinates would not fit ({way_out})"
    )


def _has_order(store: Store) -> bool:
    """Whether the queue has an order, as it lacks one when the first import was interrupted."""
    with store.reading() as tx:
        return all(item.score is not None for item in queue.listing(tx, limit=1, now=utc_now()))
