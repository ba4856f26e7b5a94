"""The annotations of a file: persons, and what is none and waits in its image for the export."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sspcm.formats.coco.boxes import Point, box_around, read_box
from sspcm.formats.coco.categories import People
from sspcm.formats.coco.file import OWN_ID, OWN_PERSON_FIELDS, CocoImage, CocoPerson
from sspcm.formats.coco.images import Images
from sspcm.formats.complaints import Complaints, carried, counted
from sspcm.formats.plain_values import flag, id_in_words, identity, kind_of, number, number_for, numbers, shown
from sspcm.pose import ABSENT, HIDDEN, VISIBLE, Box, Label, PersonInstance, PoseError

Aside = dict[int, list[dict[str, Any]]]


@dataclass(frozen=True)
class _Reading:
    """What every annotation is read with."""

    images: Images
    people: People
    complaints: Complaints


@dataclass(frozen=True)
class _Entry:
    """One annotation with its image, its number, and how a complaint names it."""

    fields: Mapping[str, Any]
    image: CocoImage
    number: int
    where: str


def read_annotations(
    entries: Sequence[Any], images: Images, people: People, complaints: Complaints
) -> tuple[list[CocoPerson], Aside]:
    """The persons, and by image the annotations that are none."""
    reading = _Reading(images, people, complaints)
    found = [_find(entry, number, reading) for entry, number in zip(entries, _number(entries, complaints), strict=True)]
    known = [one for one in found if one is not None]
    posed_in = _poses_by_image(known, people)
    persons: list[CocoPerson] = []
    aside: Aside = {}
    others: Counter[int] = Counter()
    for entry in known:
        category = _category_of(entry, reading)
        if people.people is not None and category not in people.people:
            others[category] += 1
        elif _is_crowd(entry, complaints):
            said = "a crowd region; kept for export, never shown nor trained on."
            complaints.add(entry.where, said)
        elif category in people.boxes and _is_somebodys(entry, posed_in.get(entry.image.id, ())):
            said = "its box holds a pose that another category gives; taken for that person's, kept for export."
            complaints.add(entry.where, said)
        else:
            person = _read_person(entry, category, reading)
            persons += [] if person is None else [person]
            continue
        aside.setdefault(entry.image.id, []).append(_as_read(entry, category, complaints))
    for category, count in others.items():
        complaints.say(f"{counted(count, 'annotation')} of {people.others[category]}")
    _tell_ambiguous(entries, images, complaints)
    return persons, aside


def _number(entries: Sequence[Any], complaints: Complaints) -> list[int]:
    """A number of its own for each annotation: its id where that is one, else one that stays from file to file."""
    said = [identity(one.get("id")) if isinstance(one, dict) else None for one in entries]
    taken = {one for one in said if isinstance(one, int)}
    seen: Counter[object] = Counter()
    found = []
    for entry, own in zip(entries, said, strict=True):
        image = identity(entry.get("image_id")) if isinstance(entry, dict) else None
        key = own if own is not None else ("none", image)
        seen[key] += 1
        if isinstance(own, int) and seen[key] == 1:
            found.append(own)
            continue
        text = str(own) if isinstance(own, str) and seen[key] == 1 else f"{own} of {image}, {seen[key]}"
        number = number_for(f"annotation {text}", taken)
        taken.add(number)
        found.append(number)
        if isinstance(entry, dict):
            _tell_number(entry, own, number, seen[key], complaints)
    return found


def _tell_number(
    entry: Mapping[str, Any], own: int | str | None, number: int, times: int, complaints: Complaints
) -> None:
    if own is None:
        said = f"its id is {shown(entry.get('id'))}" if "id" in entry else "has no id"
    else:
        said = f"its id {shown(own)} is taken by another annotation" if times > 1 else id_in_words(entry["id"])
    where = f"annotation {shown(entry.get('id'))} of image id {shown(entry.get('image_id'))}"
    complaints.add(where, f"{said}; numbered {number}.", cause=("id", type(own), own is not None and times > 1))


def _find(entry: Any, number: int, reading: _Reading) -> _Entry | None:
    """The annotation with its image; None, with a complaint, where it has none."""
    if not isinstance(entry, dict):
        said = f"it is {kind_of(entry)}; wanted an object; left out."
        reading.complaints.add(f"annotation {shown(entry)}", said, cause="no object")
        return None
    image = reading.images.find(entry.get("image_id"))
    name = f"annotation {shown(entry.get('id'))}"
    if image is not None:
        return _Entry(entry, image, number, f"{name} in {image.file_name!r}")
    where = f"{name} of image id {shown(entry.get('image_id'))}"
    meant = identity(entry.get("image_id"))
    if meant in reading.images.ambiguous or meant in reading.images.left_out:  # told of with its image
        return None
    if meant is None:
        said, cause = f"its image_id is {shown(entry.get('image_id'))}; wanted a whole number; left out.", "image_id"
    else:
        said, cause = f"no image has the id {shown(entry['image_id'])}; left out.", "no image"
    reading.complaints.add(where, said, cause=cause, lost=_places(entry))
    return None


def _tell_ambiguous(entries: Sequence[Any], images: Images, complaints: Complaints) -> None:
    """Of ids that several images claim: once, with the annotations that may be about any of them."""
    if not images.ambiguous:
        return
    said = [identity(one.get("image_id")) for one in entries if isinstance(one, dict)]
    count = sum(one in images.ambiguous for one in said if one is not None)
    first, claiming = next(iter(images.ambiguous.items()))
    by = f"{', '.join(claiming[:-1][:3])} and {claiming[-1]}"
    ids = f"the image id {shown(first)} is claimed by {by}"
    if len(images.ambiguous) > 1:
        ids = f"{len(images.ambiguous)} image ids are claimed by several images each, {shown(first)} first, by {by}"
    told = f"{ids}; {counted(count, 'annotation')} may be about any of them: none is taken. Number the images anew."
    complaints.say(told)
    if count:
        complaints.losses.append(f"{ids}; left out.")


def _places(entry: Mapping[str, Any]) -> bool:
    values = entry.get("keypoints")
    return bool(number(entry.get("num_keypoints"))) or (isinstance(values, list) and any(map(number, values[2::3])))


def _category_of(entry: _Entry, reading: _Reading) -> int:
    said = identity(entry.fields.get("category_id"))
    if said is not None and said in reading.people.numbers:
        return reading.people.numbers[said]
    if reading.people.numbers and "category_id" in entry.fields:
        told = f"its category_id {shown(entry.fields['category_id'])} is not listed by the file; taken for a person."
        reading.complaints.add(entry.where, told, cause="category")
    return reading.people.own


def _is_crowd(entry: _Entry, complaints: Complaints) -> bool:
    said = flag(entry.fields.get("iscrowd"))
    if said is None:
        told = f"its iscrowd is {shown(entry.fields['iscrowd'])}; wanted 0 or 1; taken for a single person."
        complaints.add(entry.where, told, cause="iscrowd")
    return bool(said)


def _poses_by_image(entries: Sequence[_Entry], people: People) -> dict[int, list[list[Point]]]:
    """The placed keypoints of each pose, where boxes have a category of their own."""
    poses: dict[int, list[list[Point]]] = {}
    if people.boxes:
        for entry in entries:
            points = _placed(entry.fields.get("keypoints"))
            if points:
                poses.setdefault(entry.image.id, []).append(points)
    return poses


def _is_somebodys(entry: _Entry, poses: Sequence[Sequence[Point]]) -> bool:
    """Whether exactly one pose lies within the box, which has no keypoints of its own."""
    values = numbers(entry.fields.get("bbox"))
    if not poses or values is None or len(values) != 4 or _placed(entry.fields.get("keypoints")):
        return False
    x, y, width, height = values
    within = [all(x <= px <= x + width and y <= py <= y + height for px, py in pose) for pose in poses]
    return sum(within) == 1


def _as_read(entry: _Entry, category: int, complaints: Complaints) -> dict[str, Any]:
    """Every field that can be carried, under the ids that its image and its category have here."""
    fields = carried(dict(entry.fields), entry.where, complaints)
    own = _own_id(entry.fields)
    return {**fields, "id": entry.number, "image_id": entry.image.id, "category_id": category, **own}


def _own_id(fields: Mapping[str, Any]) -> dict[str, Any]:
    said = identity(fields.get("id"))
    return {OWN_ID: said} if isinstance(said, str) and OWN_ID not in fields else {}


# --- persons ------------------------------------------------------------------------------------------------------


def _read_person(entry: _Entry, category: int, reading: _Reading) -> CocoPerson | None:
    """None, with a complaint, where nothing says where the person is."""
    label = _read_label(entry, reading)
    box, is_made = _read_box(entry, reading.complaints)
    if box is None:
        return None
    if _is_of_one_pixel(box, entry.image):
        said = (
            "lies within one pixel of its frame, as if measured in parts of it; taken as it is. Wanted pixels: "
            "multiply x by the width and y by the height."
        )
        reading.complaints.add(entry.where, said, cause="parts")
    extra = _read_extra(entry, category, box, label, reading)
    person = PersonInstance(box, label, _read_area(entry, reading.complaints), extra)
    return CocoPerson(entry.number, entry.image.id, person, box_is_made=is_made)


def _read_box(entry: _Entry, complaints: Complaints) -> tuple[Box | None, bool]:
    """The box, and whether it was made: of the keypoints, else of the outline."""
    try:
        return read_box(entry.fields, entry.image), False
    except PoseError as error:
        said = str(error).rstrip(".")
    points = _placed(entry.fields.get("keypoints"))
    box = box_around(entry.fields, points, entry.image)
    if box is None:
        complaints.add(entry.where, f"{said}; left out.", cause=_kind(said), lost=_places(entry.fields))
    else:
        source = "its placed keypoints, with a margin" if points else "its outline"
        complaints.add(entry.where, f"{said}; its box is made of {source}.", cause=("made", bool(points), _kind(said)))
    return box, True


def _is_of_one_pixel(box: Box, image: CocoImage) -> bool:
    """Whether the box is what a tool writes that measures in parts of the frame."""
    around, is_larger = box.enclosing, image.width is not None and image.width > 1
    return is_larger and min(around.x, around.y) >= 0 and max(around.x + around.width, around.y + around.height) <= 1


def _kind(said: str) -> str:
    """What alike complaints share: their words without their numbers, and without the value that was found."""
    named = re.sub(r" (is|are) .*; wanted ", r" \1; wanted ", said, flags=re.DOTALL)
    return "".join(c for c in named if c.isalpha())


def _read_label(entry: _Entry, reading: _Reading) -> Label | None:
    """None for a box without keypoints, or with all of them absent; with a complaint, where they are no label."""
    values = _flat(entry.fields.get("keypoints"))
    if values is None or values == []:
        return None
    try:
        label = _make_label(values, len(reading.people.skeleton), entry.image)
    except PoseError as error:
        said = f"{str(error).rstrip('.')}; taken for an unlabelled person, its keypoints kept for export."
        reading.complaints.add(entry.where, said, cause=("label", _kind(str(error))), lost=bool(_placed(values)))
        return None
    placed = int(label.labelled.sum())
    if placed and number(entry.fields.get("num_keypoints")) == 0:
        said = f"says num_keypoints 0 but places {placed}; taken as unlabelled, its keypoints kept."
        reading.complaints.add(entry.where, said, cause="num_keypoints 0")
        return None
    return label if placed else None


def _flat(values: Any) -> Any:
    """Keypoints as one list, also where each is a list of its own."""
    if isinstance(values, list) and values and all(isinstance(one, list) and len(one) == 3 for one in values):
        return [value for one in values for value in one]
    return values


def _make_label(values: Any, count: int, image: CocoImage) -> Label:
    """Raises PoseError."""
    if not isinstance(values, list):
        raise PoseError(
            f"its keypoints are {shown(values)}; wanted a list of numbers: x, y, visibility of each keypoint"
        )
    if len(values) != 3 * count:
        raise PoseError(f"it has {len(values)} keypoint numbers; wanted {3 * count}: x, y, visibility of each keypoint")
    found = numbers(values) or _with_absent(values)
    label = Label(np.array(found, dtype=np.float64).reshape(-1, 3))
    width, height = image.width, image.height
    if width is None or height is None:
        return label
    x, y = label.xyv[label.labelled, :2].T
    if not ((x >= -width) & (x <= 2 * width) & (y >= -height) & (y <= 2 * height)).all():
        raise PoseError(f"a keypoint lies over a frame's width outside the {width} x {height} px frame")
    return label


def _with_absent(values: Sequence[Any]) -> list[float]:
    """The numbers, where absent keypoints may have any x, y: none are 0, 0, 0. Raises PoseError."""
    found: list[float] = []
    for place in range(0, len(values), 3):
        row = [number(one) for one in values[place : place + 3]]
        x, y, seen = row
        if x is not None and y is not None and seen is not None:
            found += [x, y, seen]
        elif seen == ABSENT or all(map(_says_nothing, values[place : place + 3])):
            found += [0.0, 0.0, 0.0]
        else:
            raise PoseError(
                f"its keypoint {place // 3 + 1} is {shown(list(values[place : place + 3]))}; wanted a list of numbers: "
                "x, y, visibility of each keypoint"
            )
    return found


def _placed(values: Any) -> list[Point]:
    """The points of plainly placed keypoints, however many there are."""
    values = _flat(values)
    if not isinstance(values, list):
        return []
    found = numbers(values)
    if found is not None:
        every = zip(found[0::3], found[1::3], found[2::3], strict=False)
        return [(x, y) for x, y, seen in every if seen in (HIDDEN, VISIBLE)]
    rows = ([number(one) for one in values[i : i + 3]] for i in range(0, len(values) - 2, 3))
    return [(x, y) for x, y, seen in rows if x is not None and y is not None and seen in (HIDDEN, VISIBLE)]


def _places_none(values: Any, count: int) -> bool:
    """Whether there are none, or all of them are plainly absent; of others it is told why they cannot be read."""
    values = _flat(values)
    if values is None or values == []:
        return True
    if not isinstance(values, list) or len(values) != 3 * count:
        return False
    return all(_says_nothing(seen) or number(seen) == ABSENT for seen in values[2::3])


def _says_nothing(value: Any) -> bool:
    """null, NaN or infinity."""
    return value is None or (isinstance(value, float) and number(value) is None)


def _read_area(entry: _Entry, complaints: Complaints) -> float | None:
    said = entry.fields.get("area")
    if said is None:
        return None
    area = number(said)
    if area is not None and area >= 0:
        return area
    told = f"its area is {shown(said)}; wanted a number, not negative. That of its box counts."
    complaints.add(entry.where, told, cause="area")
    return None


def _read_extra(entry: _Entry, category: int, box: Box, label: Label | None, reading: _Reading) -> dict[str, Any]:
    """The fields that we do not read, those that we do in the form that readers take."""
    complaints = reading.complaints
    own = OWN_PERSON_FIELDS if label is not None else OWN_PERSON_FIELDS[:-1]
    extra = {key: value for key, value in entry.fields.items() if key not in own}
    if box.angle and "bbox" in entry.fields:
        extra["bbox"] = entry.fields["bbox"]
    if "iscrowd" in extra:
        extra["iscrowd"] = 0
    if "category_id" in extra:
        extra["category_id"] = category
    said = entry.fields.get("num_keypoints")
    count = number(said)
    if "num_keypoints" in extra and count is None:
        told = f"its num_keypoints is {shown(said)}; wanted a number. Counted anew."
        complaints.add(entry.where, told, cause="num_keypoints")
        del extra["num_keypoints"]
    elif label is None and count not in (None, 0):
        del extra["num_keypoints"]
        if _places_none(entry.fields.get("keypoints"), len(reading.people.skeleton)):
            told = f"says num_keypoints {shown(said)} but places none; taken as unlabelled."
            complaints.add(entry.where, told, cause="num_keypoints of none")
    return {**carried(extra, entry.where, complaints), **_own_id(entry.fields)}
