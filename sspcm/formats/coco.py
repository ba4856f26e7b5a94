"""COCO keypoints files, read and written so that nothing is lost: ids, unknown fields, visibility, numbers."""

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from sspcm.fisheye import LensCircle, default_lens
from sspcm.pose import ABSENT, IMPORTED, Box, Label, PersonInstance, PoseError
from sspcm.skeleton import BUILT_IN, Skeleton, SkeletonError, mirror_by_name

DEFAULT_SIGMA = 0.07
"""For keypoints that no published set measured: about COCO's mean."""
OWN_IMAGE_FIELDS = ("id", "file_name", "width", "height")
OWN_PERSON_FIELDS = ("id", "image_id", "bbox", "area", "keypoints")
KEPT_ASIDE = "annotations_kept_aside"
"""The field of an image's extra with its annotations that are no persons (crowd regions, cars), as they were read."""
ROUNDING_PX = 1.0
"""How far a file's upright box may lie off its turned one for both to be the same box."""
_PLAIN = frozenset((int, float))
"""The types that JSON's numbers come in; a list of nothing else is converted and checked as a whole."""

Complain = Callable[[str], None]


class CocoError(ValueError):
    """A file that cannot be read or written as COCO keypoints at all."""


@dataclass(frozen=True)
class CocoPerson:
    """One annotation. `person.extra` holds the fields we do not read, and the keypoints of a person nobody labelled."""

    id: int
    image_id: int
    person: PersonInstance


@dataclass(frozen=True)
class CocoImage:
    """One image entry; `extra` holds the fields we do not read, and annotations that are no persons (KEPT_ASIDE)."""

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


# --- reading ------------------------------------------------------------------------------------------------------


def read_coco(path: Path) -> CocoFile:
    """Read a file; what is wrong with single entries becomes a complaint and the rest is read. Raises CocoError."""
    return parse_coco(read_json(path), name=path.name)


def read_json(path: Path) -> Any:
    """The file's plain data, whatever it is. Raises CocoError."""
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise CocoError(f"{path.name} cannot be read ({error.strerror}). Give the path of a COCO JSON file.") from error
    except (ValueError, RecursionError) as error:
        raise CocoError(
            f"{path.name} is not readable JSON: {error}. It may be cut short: copy it or export it again."
        ) from error


def parse_coco(data: Any, *, name: str = "the file") -> CocoFile:
    """`read_coco` for data already parsed."""
    if not isinstance(data, dict):
        raise CocoError(
            f"{name} holds a JSON {type(data).__name__}; wanted an object with images, annotations and categories. "
            "A list of results is no data set: give the annotations file."
        )
    missing = [key for key in ("images", "annotations", "categories") if not isinstance(data.get(key), list)]
    if missing:
        raise CocoError(
            f"{name} has no list of {', '.join(missing)} (has: {', '.join(data) or 'nothing'}); wanted images, "
            "annotations and categories. Export it again as COCO keypoints."
        )
    complaints: list[str] = []
    complain = complaints.append
    skeleton = _read_skeleton(data["categories"], name, complain)
    images = _read_images(data["images"], complain)
    persons, aside = _read_annotations(data["annotations"], images, data["categories"], skeleton, complain)
    for image_id, annotations in aside.items():
        images[image_id].extra[KEPT_ASIDE] = annotations
    header = {key: value for key, value in data.items() if key not in ("images", "annotations")}
    header = _finite_fields(header, f"{name}: its header", complain)
    return CocoFile(skeleton, tuple(images.values()), tuple(persons), header, tuple(complaints))


def _read_skeleton(categories: Sequence[Any], name: str, complain: Complain) -> Skeleton:
    """The built-in skeleton with the same keypoints, else one made from the category. COCO-17 where none is named."""
    category = _keypoint_category(categories)
    if category is None:
        return BUILT_IN["coco-17"]
    try:
        names = tuple(str(k) for k in category["keypoints"])
        for built_in in BUILT_IN.values():
            if built_in.keypoints == names:
                return built_in
        edges = tuple((int(a) - 1, int(b) - 1) for a, b in category.get("skeleton") or [])
        sigmas = (DEFAULT_SIGMA,) * len(names)
        skeleton = Skeleton(str(category.get("name", "custom")), names, edges, mirror_by_name(names), sigmas)
    except (SkeletonError, TypeError, ValueError) as error:
        raise CocoError(
            f"{name}: the keypoints of category {category.get('name')!r} make no skeleton: {error} Wanted a list of "
            "distinct names, and edges as pairs counted from one. Mend the category."
        ) from error
    complain(
        f"category {skeleton.name!r}: no built-in skeleton has these {len(names)} keypoints; left and right are paired "
        f"by name, and OKS uses sigma {DEFAULT_SIGMA} for each."
    )
    return skeleton


def _keypoint_category(categories: Sequence[Any]) -> dict[str, Any] | None:
    return next((c for c in categories if isinstance(c, dict) and c.get("keypoints")), None)


def _person_category(categories: Sequence[Any]) -> dict[str, Any]:
    """The category whose annotations are persons; empty where no category says so."""
    named = (c for c in categories if isinstance(c, dict) and str(c.get("name")).lower() == "person")
    return _keypoint_category(categories) or next(named, {})


def _other_categories(categories: Sequence[Any]) -> dict[str, str]:
    """Names by id (as text) of the categories whose annotations are no persons."""
    person = _person_category(categories)
    others = [c for c in categories if isinstance(c, dict) and person and c.get("id") != person.get("id")]
    return {str(c.get("id")): str(c.get("name")) for c in others}


def _read_images(entries: Sequence[Any], complain: Complain) -> dict[int, CocoImage]:
    images: dict[int, CocoImage] = {}
    names: set[str] = set()
    for entry in entries:
        what = f"image {_name_image(entry)}"
        try:
            image = _read_image(entry, what, complain)
            if image.id in images:
                raise PoseError(f"its id {image.id} is taken by {images[image.id].file_name!r}")
            if image.file_name in names:
                raise PoseError("an image of this file name came before")
        except (PoseError, KeyError, TypeError) as error:
            complain(f"{what}: {_say(error)}; left out with its persons.")
            continue
        images[image.id] = image
        names.add(image.file_name)
    return images


def _name_image(entry: Any) -> str:
    return repr(entry.get("file_name", entry.get("id"))) if isinstance(entry, dict) else f"entry {entry!r:.60}"


def _read_image(entry: Any, what: str, complain: Complain) -> CocoImage:
    size = _integer(entry, "width"), _integer(entry, "height")
    if min(size) <= 0:
        raise PoseError(f"its size is {size[0]} x {size[1]} px; wanted positive numbers")
    if not isinstance(entry["file_name"], str) or not entry["file_name"]:
        raise PoseError(f"its file_name is {entry['file_name']!r}; wanted a path in the images folder")
    extra = {key: value for key, value in entry.items() if key not in OWN_IMAGE_FIELDS}
    return CocoImage(_integer(entry, "id"), entry["file_name"], *size, _finite_fields(extra, what, complain))


def _read_annotations(
    entries: Sequence[Any],
    images: Mapping[int, CocoImage],
    categories: Sequence[Any],
    skeleton: Skeleton,
    complain: Complain,
) -> tuple[list[CocoPerson], dict[int, list[dict[str, Any]]]]:
    """The persons, and by image the annotations that are none."""
    other_categories = _other_categories(categories)
    persons: list[CocoPerson] = []
    taken: set[int] = set()
    aside: dict[int, list[dict[str, Any]]] = {}
    others: Counter[str] = Counter()
    for entry in entries:
        what = _name_annotation(entry, images)
        try:
            if not isinstance(entry, dict):
                raise PoseError(f"it is a JSON {type(entry).__name__}; wanted an object")
            number, image = _integer(entry, "id"), _image_of(entry, images)
            if number in taken:
                raise PoseError(f"its id {number} is taken by another annotation")
            taken.add(number)
            category = str(entry.get("category_id"))
            if category in other_categories:
                others[other_categories[category]] += 1
                aside.setdefault(image.id, []).append(_finite_fields(entry, what, complain))
            elif entry.get("iscrowd"):
                complain(f"{what}: a crowd region; kept for export, never shown nor trained on.")
                aside.setdefault(image.id, []).append(_finite_fields(entry, what, complain))
            else:
                persons.append(CocoPerson(number, image.id, _read_person(entry, image, skeleton, what, complain)))
        except (PoseError, KeyError) as error:
            complain(f"{what}: {_say(error)}; left out.")
    for category, count in others.items():
        complain(f"{count} annotation(s) of category {category!r} are no persons; kept for export, never shown.")
    return persons, aside


def lens_of(image: CocoImage) -> LensCircle:
    """The circle in the image's field `lens` (centre x, y and radius in pixels), else the one inscribed in its frame.

    Raises CocoError where the field is no circle.
    """
    told = image.extra.get("lens")
    if told is None:
        return default_lens(image.width, image.height)
    try:
        x, y, radius = (float(value) for value in told)
        return LensCircle(x, y, radius)
    except (TypeError, ValueError) as error:
        raise CocoError(
            f"image {image.file_name} has the lens {told!r}; wanted [centre x, centre y, radius] in pixels. "
            "Correct it, or leave the field out."
        ) from error


def _name_annotation(entry: Any, images: Mapping[int, CocoImage]) -> str:
    if not isinstance(entry, dict):
        return f"annotation {entry!r:.60}"
    image_id = entry.get("image_id")
    image = images.get(image_id) if isinstance(image_id, int) else None
    where = f"in {image.file_name!r}" if image else f"of image id {image_id!r:.60}"
    return f"annotation {entry.get('id')!r:.60} {where}"


def _say(error: Exception) -> str:
    return f"needs the field {error}" if isinstance(error, KeyError) else str(error).rstrip(".")


def _image_of(entry: dict[str, Any], images: Mapping[int, CocoImage]) -> CocoImage:
    image = images.get(_integer(entry, "image_id"))
    if image is None:
        raise PoseError(f"no image has the id {entry['image_id']}")
    return image


def _read_person(
    entry: dict[str, Any], image: CocoImage, skeleton: Skeleton, what: str, complain: Complain
) -> PersonInstance:
    box = _read_box(entry, image)
    label = _read_label(entry, image, skeleton, what, complain)
    own = OWN_PERSON_FIELDS if label is not None else OWN_PERSON_FIELDS[:-1]
    extra = {key: value for key, value in entry.items() if key not in own}
    if box.angle:
        extra["bbox"] = entry["bbox"]
    if label is None and _number(entry.get("num_keypoints")) not in (None, 0):
        complain(f"{what}: says num_keypoints {extra.pop('num_keypoints')} but places none; taken as unlabelled.")
    area = _number(entry.get("area"))
    if entry.get("area") is not None and (area is None or area < 0):
        raise PoseError(f"its area is {entry['area']!r}; wanted a number, not negative")
    return PersonInstance(box, label, area, _finite_fields(extra, what, complain))


def _read_box(entry: dict[str, Any], image: CocoImage) -> Box:
    """The upright `bbox`, or the turned `rbbox` ([centre x, centre y, width, height, degrees]) where both agree."""
    values = _numbers(entry["bbox"])
    if values is None or len(values) != 4:
        raise PoseError(f"its bbox is {entry['bbox']!r:.60}; wanted [x, y, width, height] in pixels")
    box = Box(*values)
    if box.x >= image.width or box.y >= image.height or box.x + box.width <= 0 or box.y + box.height <= 0:
        raise PoseError(f"its box {entry['bbox']} lies outside the {image.width} x {image.height} px frame")
    if box.width > 2 * image.width or box.height > 2 * image.height:
        raise PoseError(f"its box {entry['bbox']} is over twice the {image.width} x {image.height} px frame")
    return _turned(box, entry.get("rbbox")) or box


def _turned(box: Box, values: Any) -> Box | None:
    numbers = _numbers(values)
    if numbers is None or len(numbers) != 5 or min(numbers[2:4]) <= 0 or numbers[4] == 0:
        return None
    x, y, width, height, angle = numbers
    turned = Box(x - width / 2, y - height / 2, width, height, angle)
    around = turned.enclosing
    pairs = ((box.x, around.x), (box.y, around.y), (box.width, around.width), (box.height, around.height))
    return turned if all(abs(a - b) <= ROUNDING_PX for a, b in pairs) else None


def _read_label(
    entry: dict[str, Any], image: CocoImage, skeleton: Skeleton, what: str, complain: Complain
) -> Label | None:
    """None for a box without keypoints, or with all of them absent: an unlabelled person, never absent points."""
    values = entry.get("keypoints")
    if values is None or values == []:
        return None
    numbers = _numbers(values)
    if numbers is None:
        raise PoseError(
            f"its keypoints are {values!r:.60}; wanted a list of numbers: x, y, visibility of each keypoint"
        )
    if len(numbers) != 3 * len(skeleton):
        raise PoseError(
            f"it has {len(numbers)} keypoint numbers; wanted {3 * len(skeleton)}: x, y, visibility of each keypoint"
        )
    label = Label(np.array(numbers, dtype=np.float64).reshape(-1, 3))
    placed = [(x, y) for x, y, seen in zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True) if seen > ABSENT]
    if not placed:
        return None
    width, height = image.width, image.height
    if not all(-width <= x <= 2 * width and -height <= y <= 2 * height for x, y in placed):
        raise PoseError(f"a keypoint lies over a frame's width outside the {image.width} x {image.height} px frame")
    if entry.get("num_keypoints") == 0:
        complain(f"{what}: says num_keypoints 0 but places {len(placed)}; taken as unlabelled, its keypoints kept.")
        return None
    return label


def _integer(entry: Any, key: str) -> int:
    if not isinstance(entry, dict):
        raise PoseError(f"it is a JSON {type(entry).__name__}; wanted an object")
    value = _number(entry[key])
    if value is None or not value.is_integer() or abs(value) >= 2**63:
        raise PoseError(f"its {key} is {entry[key]!r:.60}; wanted a whole number")
    return int(entry[key])


def _number(value: Any) -> float | None:
    """The value if it is a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _numbers(values: Any) -> list[float] | None:
    """The values if they are a list of finite numbers."""
    if not isinstance(values, list):
        return None
    if not _PLAIN.issuperset(map(type, values)):
        numbers = [number for number in map(_number, values) if number is not None]
        return numbers if len(numbers) == len(values) else None
    try:
        numbers = list(map(float, values))
    except OverflowError:
        return None
    return numbers if all(map(math.isfinite, numbers)) else None


def _finite_fields(fields: dict[str, Any], what: str, complain: Complain) -> dict[str, Any]:
    """The fields without those that hold NaN or infinity: Python reads them, but JSON and stores cannot carry them."""
    unfit = [key for key, value in fields.items() if not _is_finite(value)]
    for key in unfit:
        complain(f"{what}: its field {key!r} holds NaN or infinity, which JSON cannot carry; the field is left out.")
    return {key: value for key, value in fields.items() if key not in unfit}


def _is_finite(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, list):
        return all(map(_is_finite, value))
    return not isinstance(value, dict) or all(map(_is_finite, value.values()))


# --- writing ------------------------------------------------------------------------------------------------------


def write_coco(file: CocoFile) -> dict[str, Any]:
    """Plain JSON data that pycocotools loads; what was read and not changed comes out number for number.

    Labels that a human placed here are counted anew. Raises CocoError where two images or two persons share an id.
    """
    _check_unique("image", [image.id for image in file.images])
    _check_unique("annotation", [person.id for person in file.persons])
    categories = file.header.get("categories") or [category_of(file.skeleton)]
    category_id = _person_category(categories).get("id", 1)
    keypoints = len(file.skeleton)
    persons = [_write_person(person, keypoints=keypoints, category_id=category_id) for person in file.persons]
    return {
        **file.header,
        "categories": categories,
        "images": [_write_image(image) for image in file.images],
        "annotations": persons + list(_kept_aside(file.images, {person.id for person in file.persons})),
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
        raise CocoError(f"{kind} ids must be unique; found {twice[:5]} more than once. Give each its own.")


def _write_image(image: CocoImage) -> dict[str, Any]:
    extra = {key: value for key, value in image.extra.items() if key != KEPT_ASIDE}
    return {"id": image.id, "file_name": image.file_name, "width": image.width, "height": image.height, **extra}


def _kept_aside(images: Iterable[CocoImage], taken: set[int]) -> Iterable[dict[str, Any]]:
    """Annotations that are no persons, as they were read; a fresh id where a person has taken theirs since."""
    for image in images:
        for annotation in image.extra.get(KEPT_ASIDE, ()):
            number = annotation["id"] if annotation["id"] not in taken else max(taken) + 1
            taken.add(number)
            yield {**annotation, "id": number, "image_id": image.id}


def _write_person(entry: CocoPerson, *, keypoints: int, category_id: Any) -> dict[str, Any]:
    person = entry.person
    area = {} if person.area is None else {"area": person.area}
    data = {
        "id": entry.id,
        "image_id": entry.image_id,
        "category_id": category_id,
        **area,
        "iscrowd": 0,
        **person.extra,
        **_box_fields(person.box, person.extra),
    }
    if person.label is not None:
        placed = int(person.label.labelled.sum())
        data["num_keypoints"] = data.get("num_keypoints", placed) if person.label.author == IMPORTED else placed
        data["keypoints"] = [n for x, y, v in person.label.xyv.tolist() for n in (x, y, int(v))]
    else:
        data.setdefault("num_keypoints", 0)
        data.setdefault("keypoints", [0] * (3 * keypoints))
    return data


def _box_fields(box: Box, extra: Mapping[str, Any]) -> dict[str, Any]:
    """`bbox` upright, as COCO has it; with `rbbox` for a turned box, both as read if they still say this box."""
    if not box.angle:
        return {"bbox": [box.x, box.y, box.width, box.height]}
    read = _numbers(extra.get("bbox"))
    if read is not None and _turned(Box(*read), extra.get("rbbox")) == box:
        return {}
    around = box.enclosing
    return {
        "bbox": [around.x, around.y, around.width, around.height],
        "rbbox": [*box.centre, box.width, box.height, box.angle],
    }
