"""Annotations files as they are published, quirks and all: their persons, in the order of their images."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sspcm.fisheye import LensCircle
from sspcm.formats.coco.reading import (
    CocoError,
    CocoFile,
    CocoImage,
    CocoPerson,
    category_of,
    lens_of,
    parse_coco,
    read_json,
)
from sspcm.formats.plain_values import identity
from sspcm.pose import PART_OF_BOX, Box, Label, PoseError
from sspcm.protocols.protocol import Form
from sspcm.skeletons.skeleton import Skeleton

PERSON_FIELDS = (
    "id",
    "image_id",
    "category_id",
    "bbox",
    "rbbox",
    "area",
    "iscrowd",
    "num_keypoints",
    "keypoints",
)
CLIP_FIELDS = ("clip", "clip_id", "video", "video_id")


@dataclass(frozen=True, eq=False)
class PublishedImage:
    """One image of a file. clip: the video it was taken from, as far as the file tells."""

    id: int
    file_name: str
    path: Path
    lens: LensCircle
    clip: str | None


@dataclass(frozen=True, eq=False)
class PublishedPerson:
    """One person of a file. id: the annotation's, None for a detection; area: square pixels, as OKS divides by it."""

    id: int | None
    image: PublishedImage
    box: Box
    area: float
    label: Label | None


@dataclass(frozen=True, eq=False)
class Published:
    """What a file holds. complaints: what was left out and why; never a person with keypoints."""

    skeleton: Skeleton
    images: tuple[PublishedImage, ...]
    persons: tuple[PublishedPerson, ...]
    complaints: tuple[str, ...]


def read_published(annotations: Path, images: Path, *, form: Form = "coco", skeleton: Skeleton | None) -> Published:
    """Every person of the file who is no crowd region; `images` is the folder that its image names are relative to.

    skeleton: what the keypoints are to be; None takes the file's word. A person without keypoints has no label.
    Raises CocoError naming the first person whose keypoints cannot be read.
    """
    data = _read_object(annotations)
    try:
        found, complaints = _parse(data, form=form, skeleton=skeleton)
    except CocoError as error:
        raise CocoError(f"{annotations}: {error}") from error
    seen = {image.id: _image(image, images) for image in found.images}
    persons: dict[int, list[PublishedPerson]] = {number: [] for number in seen}
    for entry in found.persons:
        persons[entry.image_id].append(_person(entry, seen[entry.image_id], form))
    in_order = tuple(person for of_image in persons.values() for person in of_image)
    return Published(skeleton or found.skeleton, tuple(seen.values()), in_order, complaints)


def read_detections(
    detections: Path, annotations: Path, images: Path, *, least_score: float, skeleton: Skeleton
) -> Published:
    """The persons whom a detector found in the file's images: [{image_id, category_id, bbox, score}], COCO's results.

    Boxes below `least_score` and of other categories are no persons. Raises CocoError; where a box names an image that
    the file does not have, the two do not belong together.
    """
    data = _read_object(annotations)
    try:
        found, complaints = _parse({**data, "annotations": []}, form="coco", skeleton=None)
    except CocoError as error:
        raise CocoError(f"{annotations}: {error}") from error
    seen = {image.id: _image(image, images) for image in found.images}
    boxes: dict[int, list[PublishedPerson]] = {number: [] for number in seen}
    left_out = 0
    for place, entry in enumerate(_read_list(detections)):
        try:
            number, category, score = entry["image_id"], identity(entry["category_id"]), float(entry["score"])
            if category is None:
                raise TypeError("its category_id is no id")
            if number not in seen:
                raise CocoError(
                    f"{detections} has a box in image id {number}, which {annotations.name} does not list; wanted "
                    "boxes of its images. Give the detections that belong to it."
                )
            if category not in _person_ids(data.get("categories")) or score < least_score:
                continue
            box = Box(*(float(value) for value in entry["bbox"]))
        except PoseError:
            left_out += 1
            continue
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            if isinstance(error, CocoError):
                raise
            raise CocoError(
                f"{detections}: entry {place} is {entry!r:.80}; wanted image_id, category_id, bbox [x, y, width, "
                "height] and score. Give a file of COCO detection results."
            ) from error
        boxes[number].append(PublishedPerson(None, seen[number], box, PART_OF_BOX * box.area, None))
    if left_out:
        complaints = (*complaints, f"{detections.name}: {left_out} box(es) without width or height; left out.")
    in_order = tuple(person for of_image in boxes.values() for person in of_image)
    return Published(skeleton, tuple(seen.values()), in_order, complaints)


def _read_object(path: Path) -> dict[str, Any]:
    data = read_json(path)
    if not isinstance(data, dict) or not isinstance(data.get("images"), list):
        raise CocoError(f"{path} has no list of images; wanted COCO's images, annotations, categories. Check the path.")
    return data


def _read_list(path: Path) -> list[Any]:
    data = read_json(path)
    if not isinstance(data, list):
        raise CocoError(
            f"{path} holds a JSON {type(data).__name__}; wanted a list of detections. Give COCO detection results."
        )
    return data


def _person_ids(categories: Any) -> Collection[int | str | None]:
    entries = categories if isinstance(categories, list) else []
    named = [c for c in entries if isinstance(c, dict) and str(c.get("name")).lower() == "person"]
    return {identity(category.get("id")) for category in named} or {1}


def _parse(data: Mapping[str, Any], *, form: Form, skeleton: Skeleton | None) -> tuple[CocoFile, tuple[str, ...]]:
    """The file by formats.coco's rules, as a published one is meant, and the complaints that cost no keypoints."""
    entries = data.get("annotations")
    if not isinstance(entries, list):
        raise CocoError("there is no list of annotations; wanted persons. Name the detections of its images.")
    if form == "wepdtof":
        assert skeleton is not None
        entries = _as_wepdtof_means(data["images"], entries)
        data = {**data, "categories": [category_of(skeleton)]}
    else:
        people = _person_ids(data.get("categories"))
        entries = [e for e in entries if not isinstance(e, dict) or _is_person(e, people)]
    slim = [_what_is_read(e) if isinstance(e, dict) else e for e in entries]
    found = parse_coco({**data, "annotations": slim})
    if skeleton is not None and found.skeleton.keypoints != skeleton.keypoints:
        raise CocoError(
            f"its keypoints are {', '.join(found.skeleton.keypoints)}; wanted those of skeleton '{skeleton.name}'. "
            "Give the file of this skeleton, or a protocol of the file's."
        )
    _refuse_losses(found)
    return found, found.complaints


def _what_is_read(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The entry without outlines and the like, and without keypoints that are all zero: they say nothing."""
    kept = {key: entry[key] for key in PERSON_FIELDS if key in entry}
    if isinstance(kept.get("keypoints"), list) and not any(kept["keypoints"]):
        del kept["keypoints"]
    return kept


def _is_person(entry: Mapping[str, Any], people: Collection[Any]) -> bool:
    return not entry.get("iscrowd") and identity(entry.get("category_id")) in people


def _as_wepdtof_means(images: Sequence[Any], entries: Sequence[Any]) -> list[Any]:
    """Every annotation as one person without area; raises CocoError where the file is not as its readers need it."""
    for place, image in enumerate(images):
        found = image.get("id") if isinstance(image, dict) else image
        if found != place:
            raise CocoError(
                f"the image at place {place} has the id {found!r}; wanted {place}, ids being places in WEPDTOF-Pose's "
                "files. Number the images from 0, in order."
            )
    for entry in entries:
        if isinstance(entry, dict) and "num_keypoints" not in entry:
            raise CocoError(
                f"annotation {entry.get('id')!r} has no num_keypoints; WEPDTOF-Pose's files give it for each. Add it."
            )
    left_out = ("area", "iscrowd", "category_id")
    return [{k: v for k, v in e.items() if k not in left_out} if isinstance(e, dict) else e for e in entries]


def _refuse_losses(found: CocoFile) -> None:
    """A published file is read whole: raises CocoError for an image, or a person's keypoints, left out."""
    if found.losses:
        said = re.sub(r"; (left out|taken for)[^;]*$", "", found.losses[0])
        raise CocoError(f"{said}. Mend the entry, or take it out of the file.")


def _image(image: CocoImage, folder: Path) -> PublishedImage:
    clip = next((str(image.extra[key]) for key in CLIP_FIELDS if image.extra.get(key) is not None), None)
    return PublishedImage(image.id, image.file_name, folder / image.file_name, lens_of(image), clip)


def _person(entry: CocoPerson, image: PublishedImage, form: Form) -> PublishedPerson:
    person = entry.person
    area = PART_OF_BOX * person.box.area if form == "wepdtof" else person.oks_area
    return PublishedPerson(entry.id, image, person.box, area, person.label)
