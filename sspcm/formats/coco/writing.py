"""A COCO keypoints document that every reader evaluates, whatever the fields hold that were kept for it.

Where "as it was read" and "it evaluates" disagree, evaluating wins: what was there stays in the annotation's `as_read`,
and what was changed is counted. See docs/adr/0013.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from sspcm.formats.coco.boxes import turned_box
from sspcm.formats.coco.categories import Category, number_categories, person_category
from sspcm.formats.coco.file import KEPT_ASIDE, CocoError, CocoFile, CocoImage, CocoPerson
from sspcm.formats.plain_values import flag, identity, number, numbers, unfit, whole
from sspcm.pose import ABSENT, IMPORTED, PART_OF_BOX, Box, Label
from sspcm.skeletons.skeleton import Skeleton

CHANGES = "export_changes"
"""An export's field that says what was changed, by count; whoever reads the file may pass it over, and we do."""
AS_READ = "as_read"
"""An annotation's field with what its file said where readers could not evaluate that."""
LARGEST_AREA = 1e10
"""Readers ignore persons of a larger area: it is the end of their range `all`."""

UNCARRIED = "fields that JSON cannot carry (NaN, infinity, over 64 levels), left out"
RENUMBERED = "annotation ids below 1 or of no use, renumbered: readers take a match with 0 for none"
CATEGORIES = "categories without a whole number of their own for an id, numbered"
UNLISTED = "annotations of a category that is not listed, given the people's"
COUNTS = "num_keypoints that were no count of a label's keypoints, counted anew"
UNUSED = "keypoints of annotations that are no labels, written as absent and kept in as_read"
AREAS = "areas that nothing can be measured by (0, none, text), written from the box"
CROWDS = "iscrowd that were neither 0 nor 1, written as one of them"
BOXES = "boxes kept aside that were no four numbers, written from what there is"
STRANGE = "entries kept aside that were no annotations, left out"


@dataclass(frozen=True)
class Written:
    """A document of plain JSON data; `changes`: how often what had to be changed, in words.

    person_ids: the annotation id of each of the file's persons, in their order.
    """

    document: dict[str, Any]
    changes: dict[str, int]
    person_ids: tuple[int, ...]


@dataclass(frozen=True)
class _Writing:
    """What every annotation is written with."""

    keypoints: int
    own_category: int
    numbers: Mapping[int | str, int]
    changes: Counter[str] = field(default_factory=Counter)


def write_coco(file: CocoFile) -> dict[str, Any]:
    """Plain JSON data that pycocotools loads; what was read and not changed comes out number for number.

    Labels that a human placed here are counted anew. Raises CocoError where two images or two persons share an id.
    """
    return write(file).document


def write(file: CocoFile) -> Written:
    """`write_coco`, with what had to be changed so that pycocotools, xtcocotools and faster-coco-eval evaluate it."""
    _check_unique("image", [image.id for image in file.images])
    _check_unique("annotation", [person.id for person in file.persons])
    categories, numbers, renumbered = _write_categories(file)
    writing = _Writing(len(file.skeleton), _own_category(file, categories, numbers), numbers)
    if all(one["id"] != writing.own_category for one in categories):
        categories.append({**category_of(file.skeleton), "id": writing.own_category})
    writing.changes[CATEGORIES] += renumbered
    fresh = _free_numbers(file)
    ids = _number_persons(file, fresh, writing.changes)
    persons = [_write_person(person, ids[person.id], writing) for person in file.persons]
    aside = list(_write_aside(file.images, set(ids.values()), fresh, writing))
    document = {
        **_clean(file.header, writing.changes),
        "categories": [_clean(one, writing.changes) for one in categories],
        "images": [_write_image(image, writing.changes) for image in file.images],
        "annotations": persons + aside,
    }
    changes = {said: times for said, times in writing.changes.items() if times}
    return Written(document, changes, tuple(ids[person.id] for person in file.persons))


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


def _write_categories(file: CocoFile) -> tuple[list[Category], dict[int | str, int], int]:
    """The header's, whatever it holds; the skeleton's own where it holds none. Also how many had to be changed."""
    said = file.header.get("categories")
    entries = said if isinstance(said, list) else []
    kept, numbers, changed = number_categories(entries)
    if not kept:
        return [category_of(file.skeleton)], {}, 0
    return kept, numbers, len(changed) + sum(not isinstance(one, dict) for one in entries)


def _own_category(file: CocoFile, categories: Sequence[Category], numbers: Mapping[int | str, int]) -> int:
    """The category of persons who have none of their own: the people's; else that of most persons; else a new one."""
    found = person_category(categories, file.skeleton.keypoints)
    if found is not None:
        return int(found["id"])
    said = (identity(person.person.extra.get("category_id")) for person in file.persons)
    used = Counter(numbers[one] for one in said if one is not None and one in numbers)
    return used.most_common(1)[0][0] if used else max((int(one["id"]) for one in categories), default=0) + 1


def _free_numbers(file: CocoFile) -> Iterator[int]:
    """Annotation ids that neither a person nor what is kept aside has."""
    taken = {person.id for person in file.persons} | set(_ids_aside(file.images))
    return count(max([0, *(one for one in taken if one < 2**62)]) + 1)


def _number_persons(file: CocoFile, fresh: Iterator[int], changes: Counter[str]) -> dict[int, int]:
    """By a person's id, the one they are written with: the same, unless readers cannot take it."""
    ids = {}
    for person in file.persons:
        fits = 1 <= person.id < 2**63
        ids[person.id] = person.id if fits else next(fresh)
        changes[RENUMBERED] += not fits
    return ids


def _ids_aside(images: Iterable[CocoImage]) -> Iterable[int]:
    for image in images:
        for annotation in _aside_of(image):
            said = whole(annotation.get("id")) if isinstance(annotation, dict) else None
            if said is not None:
                yield said


def _aside_of(image: CocoImage) -> list[Any]:
    aside = image.extra.get(KEPT_ASIDE)
    return aside if isinstance(aside, list) else []


def _clean(fields: Mapping[str, Any], changes: Counter[str]) -> dict[str, Any]:
    """The fields that JSON and its readers can carry."""
    kept = {key: value for key, value in fields.items() if unfit(value) is None}
    changes[UNCARRIED] += len(fields) - len(kept)
    return kept


def _write_image(image: CocoImage, changes: Counter[str]) -> dict[str, Any]:
    own: dict[str, Any] = {"id": image.id, "file_name": image.file_name}
    if image.width is not None and image.height is not None:
        own |= {"width": image.width, "height": image.height}
    aside = image.extra.get(KEPT_ASIDE)
    ours = (*own, KEPT_ASIDE) if isinstance(aside, list) else tuple(own)
    return own | _clean({key: value for key, value in image.extra.items() if key not in ours}, changes)


# --- persons ------------------------------------------------------------------------------------------------------


def _write_person(entry: CocoPerson, number_: int, writing: _Writing) -> dict[str, Any]:
    person = entry.person
    extra = _clean({k: v for k, v in person.extra.items() if k not in ("id", "image_id", "area")}, writing.changes)
    data = {
        "id": number_,
        "image_id": entry.image_id,
        "category_id": writing.own_category,
        "area": person.area,
        "iscrowd": 0,
        **extra,
        **_box_fields(person.box, extra),
    }
    data["category_id"] = _category(extra, writing)
    _put_crowd(data, writing.changes)
    _put_area(data, PART_OF_BOX * person.box.area, writing.changes)
    if person.label is None:
        _put_no_keypoints(data, writing)
    else:
        _put_label(data, person.label, writing.changes)
    return data


def _category(fields: Mapping[str, Any], writing: _Writing) -> int:
    said = identity(fields.get("category_id"))
    if said is not None and said in writing.numbers:
        return writing.numbers[said]
    if "category_id" in fields and writing.numbers:
        writing.changes[UNLISTED] += 1
    return writing.own_category


def _change(data: dict[str, Any], key: str, value: Any, why: str, changes: Counter[str]) -> None:
    """Put a value in another's place, which is counted and kept in `as_read`."""
    changes[why] += 1
    if data.get(key) is not None:
        before = data.get(AS_READ, {})
        kept = before if isinstance(before, dict) else {AS_READ: before}
        data[AS_READ] = {key: data[key], **kept}
    data[key] = value


def _put_crowd(data: dict[str, Any], changes: Counter[str]) -> None:
    said = data.get("iscrowd")
    if isinstance(said, bool):
        data["iscrowd"] = int(said)
    elif not isinstance(said, int) or said not in (0, 1):
        _change(data, "iscrowd", int(bool(flag(said))), CROWDS, changes)


def _put_area(data: dict[str, Any], of_box: float, changes: Counter[str]) -> None:
    said = data.get("area")
    measured = number(said) if not isinstance(said, str) else None
    if measured is not None and 0 < measured <= LARGEST_AREA:
        return
    area = min(of_box, LARGEST_AREA)
    if said is None:
        data["area"] = area
    else:
        _change(data, "area", area, AREAS, changes)


def _put_label(data: dict[str, Any], label: Label, changes: Counter[str]) -> None:
    placed = int(label.labelled.sum())
    data["keypoints"] = [n for x, y, v in label.xyv.tolist() for n in (x, y, int(v))]
    if label.author != IMPORTED or "num_keypoints" not in data:
        data["num_keypoints"] = placed
        return
    said = data["num_keypoints"]
    placed_there = whole(said) if not isinstance(said, str) else None
    if placed_there is None or placed_there < 1:
        _change(data, "num_keypoints", placed, COUNTS, changes)
    else:
        data["num_keypoints"] = placed_there


def _put_no_keypoints(data: dict[str, Any], writing: _Writing) -> None:
    """As many as the skeleton has, none of them placed: xtcocotools counts placed ones whatever num_keypoints says."""
    empty = [0] * (3 * writing.keypoints)
    if data.get("keypoints") is None:
        data["keypoints"] = empty
    else:
        plain = _plain_numbers(data["keypoints"], len(empty))
        if plain is None or any(seen != ABSENT for seen in plain[2::3]):
            _change(data, "keypoints", empty, UNUSED, writing.changes)
    said = data.setdefault("num_keypoints", 0)
    if isinstance(said, bool) or not isinstance(said, int | float) or said != 0:
        _change(data, "num_keypoints", 0, COUNTS, writing.changes)
    data["num_keypoints"] = 0


def _box_fields(box: Box, extra: Mapping[str, Any]) -> dict[str, Any]:
    """`bbox` upright, as COCO has it; with `rbbox` for a turned box, both as read if they still say this box."""
    if not box.angle:
        return {"bbox": [box.x, box.y, box.width, box.height]}
    read = _plain_box(extra.get("bbox"))
    if read is not None and min(read[2:]) > 0 and turned_box(Box(*read), extra.get("rbbox")) == box:
        return {}
    around = box.enclosing
    return {
        "bbox": [around.x, around.y, around.width, around.height],
        "rbbox": [*box.centre, box.width, box.height, box.angle],
    }


def _plain_box(values: Any) -> list[float] | None:
    return _plain_numbers(values, 4)


def _plain_numbers(values: Any, length: int) -> list[float] | None:
    """So many numbers that every reader takes as they are."""
    if not isinstance(values, list) or len(values) != length or any(isinstance(v, str | bool) for v in values):
        return None
    return numbers(values)


# --- what is no person --------------------------------------------------------------------------------------------


def _write_aside(
    images: Iterable[CocoImage], taken: set[int], fresh: Iterator[int], writing: _Writing
) -> Iterable[dict[str, Any]]:
    """Annotations that are no persons; a fresh id where a person has taken theirs since."""
    for image in images:
        for annotation in _aside_of(image):
            if not isinstance(annotation, dict):
                writing.changes[STRANGE] += 1
                continue
            said = whole(annotation.get("id"))
            if said is None or said < 1:
                writing.changes[RENUMBERED] += 1
            if said is None or said < 1 or said in taken:
                said = next(fresh)
            taken.add(said)
            yield _complete(annotation, said, image.id, writing)


def _complete(annotation: Mapping[str, Any], number_: int, image_id: int, writing: _Writing) -> dict[str, Any]:
    """With every field that readers ask of an annotation, whatever they measure."""
    data = _clean(annotation, writing.changes)
    unlisted = whole(data.get("category_id"))
    listed = identity(data.get("category_id")) in writing.numbers
    category = unlisted if unlisted is not None and not listed else _category(data, writing)
    data |= {"id": number_, "image_id": image_id, "category_id": category}
    data.setdefault("iscrowd", 0)
    _put_crowd(data, writing.changes)
    box = _plain_box(data.get("bbox"))
    if box is None:
        read = numbers(data.get("bbox"))
        box = read if read is not None and len(read) == 4 else [0.0, 0.0, 0.0, 0.0]
        _change(data, "bbox", box, BOXES, writing.changes)
    _put_area(data, abs(box[2] * box[3]), writing.changes)
    placed = _plain_numbers(data.get("keypoints"), 3 * writing.keypoints) if data["iscrowd"] else None
    if placed is None or isinstance(data.get("num_keypoints"), bool) or not isinstance(data.get("num_keypoints"), int):
        _put_no_keypoints(data, writing)
    return data
