"""COCO keypoints files, read and written so that nothing is lost: ids, unknown fields, visibility, numbers."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from sspcm.pose import Box, Label, PersonInstance, PoseError
from sspcm.skeleton import BUILT_IN, Skeleton, SkeletonError

DEFAULT_SIGMA = 0.07
"""For keypoints that no published set measured: about COCO's mean."""
OWN_IMAGE_FIELDS = ("id", "file_name", "width", "height")
OWN_PERSON_FIELDS = ("id", "image_id", "bbox", "area", "keypoints")


class CocoError(ValueError):
    """A file that cannot be read as COCO keypoints at all."""


@dataclass(frozen=True)
class CocoPerson:
    """One annotation. `person.extra` holds the fields we do not read, and the keypoints of a person nobody labelled."""

    id: int
    image_id: int
    person: PersonInstance


@dataclass(frozen=True)
class CocoImage:
    """One image entry; `extra` holds the fields we do not read."""

    id: int
    file_name: str
    width: int
    height: int
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CocoFile:
    """A whole file: `header` is everything but images and annotations; `complaints` name what was left out, and why."""

    skeleton: Skeleton
    images: tuple[CocoImage, ...]
    persons: tuple[CocoPerson, ...]
    header: dict[str, Any]
    complaints: tuple[str, ...] = ()


def read_coco(path: Path) -> CocoFile:
    """Read a file; what is wrong with single entries becomes a complaint and the rest is read. Raises CocoError."""
    try:
        data = json.loads(path.read_text())
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise CocoError(f"{path.name} is not readable JSON: {error}. Export it again as COCO keypoints.") from error
    return parse_coco(data, name=path.name)


def parse_coco(data: Any, *, name: str = "the file") -> CocoFile:
    """`read_coco` for data already parsed."""
    if not isinstance(data, dict):
        raise CocoError(f"{name} holds a JSON {type(data).__name__}; wanted an object with images and annotations.")
    missing = [key for key in ("images", "annotations", "categories") if not isinstance(data.get(key), list)]
    if missing:
        raise CocoError(f"{name} has no list of {', '.join(missing)} (has: {', '.join(data)}). Is it a COCO file?")
    skeleton = _read_skeleton(data["categories"], name)
    complaints: list[str] = []
    images = _read_images(data["images"], complaints)
    persons = _read_persons(data["annotations"], {image.id: image for image in images}, skeleton, complaints)
    header = {key: value for key, value in data.items() if key not in ("images", "annotations")}
    return CocoFile(skeleton, tuple(images), tuple(persons), header, tuple(complaints))


def _read_skeleton(categories: Sequence[Any], name: str) -> Skeleton:
    """The built-in skeleton with the same keypoints, else one made from the category. COCO-17 where none is named."""
    named = [c for c in categories if isinstance(c, dict) and c.get("keypoints")]
    if not named:
        return BUILT_IN["coco-17"]
    names = tuple(str(k) for k in named[0]["keypoints"])
    for built_in in BUILT_IN.values():
        if built_in.keypoints == names:
            return built_in
    partners = {n: n.replace("left", "\0").replace("right", "left").replace("\0", "right") for n in names}
    mirror = tuple(names.index(partners[n]) if partners[n] in names else i for i, n in enumerate(names))
    edges = tuple((int(a) - 1, int(b) - 1) for a, b in named[0].get("skeleton", []))
    try:
        return Skeleton(str(named[0].get("name", "custom")), names, edges, mirror, (DEFAULT_SIGMA,) * len(names))
    except SkeletonError as error:
        raise CocoError(f"{name}: {error}") from error


def _read_images(entries: Sequence[Any], complaints: list[str]) -> list[CocoImage]:
    images: dict[int, CocoImage] = {}
    for entry in entries:
        what = (
            f"image {entry.get('file_name', entry.get('id', '?'))!r}"
            if isinstance(entry, dict)
            else f"image entry {entry!r}"
        )
        try:
            image = CocoImage(
                int(entry["id"]),
                str(entry["file_name"]),
                int(entry["width"]),
                int(entry["height"]),
                {key: value for key, value in entry.items() if key not in OWN_IMAGE_FIELDS},
            )
        except (KeyError, TypeError, ValueError) as error:
            complaints.append(
                f"{what}: needs id, file_name, width and height ({type(error).__name__}: {error}); left out."
            )
            continue
        if image.id in images:
            complaints.append(f"{what}: id {image.id} is taken by {images[image.id].file_name!r}; left out.")
            continue
        images[image.id] = image
    return list(images.values())


def _read_persons(
    entries: Sequence[Any], images: Mapping[int, CocoImage], skeleton: Skeleton, complaints: list[str]
) -> list[CocoPerson]:
    persons: dict[int, CocoPerson] = {}
    for entry in entries:
        try:
            person = _read_person(entry, images, skeleton)
            if person.id in persons:
                raise PoseError(f"its id {person.id} is taken by another annotation")
            persons[person.id] = person
        except (PoseError, KeyError, TypeError, ValueError) as error:
            complaints.append(f"{_name_person(entry, images)}: {_say(error)}; left out.")
    return list(persons.values())


def _name_person(entry: Any, images: Mapping[int, CocoImage]) -> str:
    if not isinstance(entry, dict):
        return f"annotation {entry!r}"
    image = images.get(entry.get("image_id", -1))
    where = f"in {image.file_name!r}" if image else f"of image id {entry.get('image_id')!r}"
    return f"annotation {entry.get('id')!r} {where}"


def _say(error: Exception) -> str:
    return f"needs the field {error}" if isinstance(error, KeyError) else str(error).rstrip(".")


def _read_person(entry: Any, images: Mapping[int, CocoImage], skeleton: Skeleton) -> CocoPerson:
    image = images.get(int(entry["image_id"]))
    if image is None:
        raise PoseError(f"no image has the id {entry['image_id']}")
    box = _read_box(entry, image)
    label = _read_label(entry, image, skeleton)
    own = OWN_PERSON_FIELDS if label is not None else OWN_PERSON_FIELDS[:-1]
    extra = {key: value for key, value in entry.items() if key not in own}
    area = entry.get("area")
    if "area" in entry and not (isinstance(area, int | float) and np.isfinite(area)):
        raise PoseError(f"its area is {area!r}; wanted a number")
    return CocoPerson(
        int(entry["id"]), image.id, PersonInstance(box, label, None if area is None else float(area), extra)
    )


def _read_box(entry: dict[str, Any], image: CocoImage) -> Box:
    values = entry["bbox"]
    if not isinstance(values, list) or len(values) != 4:
        raise PoseError(f"its bbox is {values!r}; wanted [x, y, width, height]")
    box = Box(*(float(v) for v in values))
    if box.x >= image.width or box.y >= image.height or box.x + box.width <= 0 or box.y + box.height <= 0:
        raise PoseError(f"its box {values} lies outside the {image.width} x {image.height} px frame")
    if box.width > 2 * image.width or box.height > 2 * image.height:
        raise PoseError(f"its box {values} is over twice the {image.width} x {image.height} px frame")
    return box


def _read_label(entry: dict[str, Any], image: CocoImage, skeleton: Skeleton) -> Label | None:
    """None for a box without keypoints, or with all of them absent: an unlabelled person, never absent points."""
    values = entry.get("keypoints")
    if not values:
        return None
    if len(values) != 3 * len(skeleton):
        raise PoseError(
            f"it has {len(values)} keypoint numbers; wanted {3 * len(skeleton)}: x, y, visibility of each keypoint"
        )
    xyv = np.array(values, dtype=np.float64).reshape(-1, 3)
    if not (xyv[:, 2] > 0).any():
        return None
    label = Label(xyv)
    placed = xyv[label.labelled, :2]
    frame = np.array([image.width, image.height])
    if ((placed < -frame) | (placed > 2 * frame)).any():
        raise PoseError(f"a keypoint lies over a frame's width outside the {image.width} x {image.height} px frame")
    return label


def write_coco(file: CocoFile) -> dict[str, Any]:
    """Plain JSON data that pycocotools loads; what was read and not changed comes out number for number."""
    _check_unique("image", [image.id for image in file.images])
    _check_unique("annotation", [person.id for person in file.persons])
    return {
        **file.header,
        "categories": file.header.get("categories") or [category_of(file.skeleton)],
        "images": [_write_image(image) for image in file.images],
        "annotations": [_write_person(person, keypoints=len(file.skeleton)) for person in file.persons],
    }


def category_of(skeleton: Skeleton) -> dict[str, Any]:
    """A COCO category (id 1, person) with the skeleton's keypoints and one-based edges."""
    return {
        "id": 1,
        "name": "person",
        "supercategory": "person",
        "keypoints": list(skeleton.keypoints),
        "skeleton": [[a + 1, b + 1] for a, b in skeleton.edges],
    }


def _check_unique(kind: str, ids: Sequence[int]) -> None:
    twice = [i for i, count in Counter(ids).items() if count > 1]
    if twice:
        raise CocoError(f"{kind} ids must be unique; found {twice[:5]} more than once.")


def _write_image(image: CocoImage) -> dict[str, Any]:
    return {"id": image.id, "file_name": image.file_name, "width": image.width, "height": image.height, **image.extra}


def _write_person(entry: CocoPerson, *, keypoints: int) -> dict[str, Any]:
    person = entry.person
    box = person.box
    area = {} if person.area is None else {"area": person.area}
    data = {
        "id": entry.id,
        "image_id": entry.image_id,
        "category_id": 1,
        "bbox": [box.x, box.y, box.width, box.height],
        **area,
        "iscrowd": 0,
        **person.extra,
    }
    if person.label is not None:
        placed = int(person.label.labelled.sum())
        data["num_keypoints"] = data.get("num_keypoints", placed) if person.label.author == "import" else placed
        data["keypoints"] = [n for x, y, v in person.label.xyv.tolist() for n in (x, y, int(v))]
    else:
        data.setdefault("num_keypoints", 0)
        data.setdefault("keypoints", [0] * (3 * keypoints))
    return data
