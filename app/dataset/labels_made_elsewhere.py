"""A lead's COCO file taken into the images that the home has, without their bytes: labels that were made elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.dataset.importing import own_skeleton, prepare_project, read_annotations
from app.dataset.matching_names import match_names, nearest
from app.dataset.merging_labels import count_merged, new_persons, tell_merged
from app.dataset.naming_images import one_entry_each, tell_several_names
from app.dataset.placing import by_image
from app.dataset.report import ImportFailed
from db.clock import utc_now
from db.errors import StoreError
from db.labelling.merging import Merged, merge_image
from db.pool import images
from db.records import ImageRecord, NewImage
from db.store.session import Store
from sspcm.formats.coco.reading import CocoFile, CocoImage, CocoPerson
from sspcm.formats.complaints import Complaints

LARGEST_FILE = 50_000_000
"""Bytes of a file by the page; it takes several times as much memory while it is read."""
BY_PAGE = "To take the file's, send it again with the tick set (update=1 in a script)."


@dataclass(frozen=True)
class LabelsReport:
    """What came of a file: how many of its images are here, what they took, and what was left out and why."""

    images_known: int
    merged: Merged
    complaints: tuple[str, ...]


def take_labels(store: Store, path: Path, *, update: bool) -> LabelsReport:
    """Bring a COCO file's persons, labels and fields to the images of its names (docs/importing.md).

    Raises ImportFailed where the file cannot be read, has another skeleton, or names no image that is here.
    """
    with store.reading() as tx:
        here = images.list_images(tx)
    if not here:
        raise ImportFailed(
            "this home has no images yet, which a file of labels could be about. Import a folder of images first."
        )
    coco = read_annotations(path, own_skeleton(store))
    if not coco.images:
        raise ImportFailed("the file names no image; wanted a COCO file about images that are here. Give another one.")
    complaints = Complaints()
    found = _find_images(coco, here, complaints)
    if not found:
        raise ImportFailed(" ".join(("no image of the file is in this home.", *complaints.told()[:2])))
    coco = one_entry_each(coco, {name: record.file_name for name, record in found.items()})
    coco = prepare_project(store, "", None, coco) or coco
    persons = by_image(coco.persons)
    known, merged = 0, Merged()
    for entry in coco.images:
        if entry.file_name in found:
            more = _take(store, entry, persons.get(entry.id, ()), found[entry.file_name], complaints, update=update)
            known += more is not None
            merged += more or Merged()
    return LabelsReport(known, merged, (*coco.complaints, *complaints.told()))


def as_json(report: LabelsReport) -> Mapping[str, object]:
    """The report as plain data; `told` is what came in, in words."""
    told = count_merged(report.merged) or _nothing_taken(report)
    return {
        "images_known": report.images_known,
        **report.merged.counts,
        "told": told,
        "complaints": list(report.complaints),
    }


def _nothing_taken(report: LabelsReport) -> str:
    """Why nothing came in: it is all here, or what could have come is told below."""
    merged = report.merged
    if merged.labels_differ or merged.boxes_differ or merged.fields_differ:
        return "nothing was taken: what differs stays as it is here"
    if report.complaints:
        return "nothing was taken"
    return "nothing new: the home has it all already"


def _find_images(coco: CocoFile, here: Sequence[ImageRecord], complaints: Complaints) -> dict[str, ImageRecord]:
    """The home's image of each name in the file; of several with one name, none."""
    by_name: dict[str, list[ImageRecord]] = {}
    for record in here:
        by_name.setdefault(record.file_name, []).append(record)
    matched = match_names([image.file_name for image in coco.images], by_name)
    tell_several_names(matched.there, complaints)
    twice = [name for name, there in matched.there.items() if len(by_name[there]) > 1]
    for name in twice:
        complaints.add(f"image {name!r}", "several images of this name are here; left out.", kind="image")
    for name in matched.unclear:
        complaints.add(f"image {name!r}", "could be one of several images here; left out.", kind="image")
    if matched.missing:
        near = nearest(matched.missing[0], by_name)
        hint = f"; the nearest here is {near!r}" if near else ""
        count = len(matched.missing)
        which = f"{count} images of the file are" if count > 1 else "one image of the file is"
        complaints.say(f"{which} not here, {matched.missing[0]!r} first{hint}; left out.")
    return {name: by_name[there][0] for name, there in matched.there.items() if name not in twice}


def _take(
    store: Store,
    entry: CocoImage,
    persons: Sequence[CocoPerson],
    record: ImageRecord,
    complaints: Complaints,
    *,
    update: bool,
) -> Merged | None:
    """What one image took; None, with a complaint, where its entry does not fit."""
    where = f"image {record.file_name!r}"
    if (entry.width, entry.height) not in ((None, None), (record.width, record.height)):
        said = (
            f"the file says {entry.width} x {entry.height} px, the image has {record.width} x {record.height} px; its "
            "coordinates would not fit; left out."
        )
        complaints.add(where, said, cause="size", kind="image")
        return None
    image = NewImage(
        sha256=record.sha256,
        file_name=record.file_name,
        width=record.width,
        height=record.height,
        camera=record.camera.name,
        frame=record.frame,
        split=record.split,
        source_id=entry.id,
        extra=entry.extra,
    )
    try:
        with store.transaction() as tx:
            merged = merge_image(tx, record.id, image, new_persons(persons), update=update, moves=False, now=utc_now())
    except StoreError as error:
        complaints.add(where, f"{error} Left out.", kind="image")
        return None
    tell_merged(merged, record.file_name, complaints, way_out=BY_PAGE)
    return merged
