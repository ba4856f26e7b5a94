"""COCO keypoints files as tools in the field write them, and as they write them wrong: one odd thing or several."""

import math
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from sspcm.formats.coco.reading import category_of
from sspcm.skeletons.skeleton import get_skeleton

COCO = get_skeleton("coco-17")
WIDTH, HEIGHT = 160, 120
NAMES = ("a.jpg", "b.jpg", "c.jpg")
PERSON = category_of(COCO)

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
"""Whatever a JSON file may hold, NaN and infinity included, as Python's reader takes them."""

ODD = st.sampled_from(
    [
        None,
        True,
        False,
        0,
        1,
        -1,
        17,
        2.5,
        1e300,
        2**64,
        math.nan,
        math.inf,
        "",
        "0",
        "1",
        "17",
        "x",
        "5.0",
        [],
        {},
        [0],
        [[]],
    ]
)
FIELDS = {
    "images": ("id", "file_name", "width", "height", "license", "annotations_kept_aside", "lens"),
    "annotations": (
        "id", "image_id", "category_id", "bbox", "rbbox", "area", "iscrowd", "num_keypoints", "keypoints",
        "segmentation", "as_read", "own_id", "ignore", "score", "source", "author", "revision",
    ),
    "categories": ("id", "name", "keypoints", "skeleton", "supercategory"),
}  # fmt: skip


@st.composite
def keypoints(draw: st.DrawFn, x: float, y: float) -> list[Any]:
    """Seventeen, round a place, some of them absent or hidden."""
    seen = draw(st.lists(st.sampled_from([0, 1, 2, 2, 2]), min_size=17, max_size=17))
    away = draw(st.lists(st.integers(-30, 30), min_size=34, max_size=34))
    return [v for i, s in enumerate(seen) for v in ((x + away[i], y + away[i + 17], s) if s else (0, 0, 0))]


@st.composite
def annotations(draw: st.DrawFn, number: int, categories: list[int]) -> dict[str, Any]:
    """One as it should be: a person with or without keypoints, a crowd, a car."""
    x, y = draw(st.integers(5, 120)), draw(st.integers(5, 90))
    entry = {
        "id": number,
        "image_id": draw(st.integers(1, len(NAMES))),
        "category_id": draw(st.sampled_from(categories)),
        "bbox": [x, y, draw(st.integers(5, 40)), draw(st.integers(5, 30))],
        "area": draw(st.integers(20, 4000)),
        "iscrowd": draw(st.sampled_from([0, 0, 0, 0, 1])),
    }
    if entry["category_id"] != 3 and draw(st.booleans()):
        entry["keypoints"] = draw(keypoints(x, y))
        entry["num_keypoints"] = sum(v > 0 for v in entry["keypoints"][2::3])
    return entry


@st.composite
def valid_files(draw: st.DrawFn) -> dict[str, Any]:
    """Files in order: one to three categories, one of them cars, ids from 1 on."""
    categories = draw(st.sampled_from([[1], [1, 3], [1, 2], [1, 2, 3]]))
    named = {1: PERSON, 2: {**PERSON, "id": 2, "name": "fallen"}, 3: {"id": 3, "name": "car"}}
    count = draw(st.integers(1, 6))
    return {
        "images": [
            {"id": n, "file_name": name, "width": WIDTH, "height": HEIGHT} for n, name in enumerate(NAMES, start=1)
        ],
        "annotations": [draw(annotations(number, categories)) for number in range(1, count + 1)],
        "categories": [dict(named[n]) for n in categories],
    }


@st.composite
def broken_files(draw: st.DrawFn) -> dict[str, Any]:
    """Valid files with one to five things wrong: a field missing, of another type, twice, deep, or anything at all."""
    data = draw(valid_files())
    for _ in range(draw(st.integers(1, 5))):
        draw(st.sampled_from(BREAKS))(draw, data)
    return data


def _entry(draw: st.DrawFn, data: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    kind = draw(st.sampled_from(["annotations", "annotations", "annotations", "images", "categories"]))
    entries = [one for one in data[kind] if isinstance(one, dict)] if isinstance(data[kind], list) else []
    return kind, draw(st.sampled_from(entries)) if entries else {}


def _odd_field(draw: st.DrawFn, data: dict[str, Any]) -> None:
    kind, entry = _entry(draw, data)
    entry[draw(st.sampled_from(FIELDS[kind]))] = draw(ODD | JSON)


def _missing_field(draw: st.DrawFn, data: dict[str, Any]) -> None:
    _, entry = _entry(draw, data)
    if entry:
        del entry[draw(st.sampled_from(sorted(entry)))]


def _odd_number(draw: st.DrawFn, data: dict[str, Any]) -> None:
    _, entry = _entry(draw, data)
    lists = [key for key in ("bbox", "keypoints", "skeleton") if isinstance(entry.get(key), list) and entry[key]]
    if lists:
        values = entry[draw(st.sampled_from(lists))]
        values[draw(st.integers(0, len(values) - 1))] = draw(ODD)


def _twice(draw: st.DrawFn, data: dict[str, Any]) -> None:
    kind, entry = _entry(draw, data)
    data[kind] = [*data[kind], {**entry, "id": draw(st.sampled_from([entry.get("id"), 0, "7", None]))}]


def _deep(draw: st.DrawFn, data: dict[str, Any]) -> None:
    kind, entry = _entry(draw, data)
    value: Any = []
    for _ in range(draw(st.sampled_from([60, 70, 200, 400]))):
        value = [value]
    entry[draw(st.sampled_from(FIELDS[kind]))] = value


def _from_zero(draw: st.DrawFn, data: dict[str, Any]) -> None:
    for entry in data[draw(st.sampled_from(["images", "annotations"]))]:
        if isinstance(entry, dict) and isinstance(entry.get("id"), int):
            entry["id"] -= 1


def _strange_entry(draw: st.DrawFn, data: dict[str, Any]) -> None:
    kind, _ = _entry(draw, data)
    data[kind] = [*data[kind], draw(JSON)]


def _header(draw: st.DrawFn, data: dict[str, Any]) -> None:
    key = draw(st.sampled_from(["info", "licenses", "videos", "predictions", "export_changes", "further_headers", "x"]))
    data[key] = draw(JSON | st.lists(st.dictionaries(st.sampled_from(["id", "name"]), ODD, max_size=2), max_size=3))


BREAKS: list[Callable[[st.DrawFn, dict[str, Any]], None]] = [
    _odd_field, _odd_field, _odd_number, _missing_field, _twice, _deep, _from_zero, _strange_entry, _header,
]  # fmt: skip
