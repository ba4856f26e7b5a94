"""COCO keypoints files, read and written so that nothing is lost: ids, unknown fields, visibility, numbers."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from sspcm.fisheye import LensCircle, default_lens
from sspcm.formats.coco.boxes import ROUNDING_PX
from sspcm.formats.coco.categories import DEFAULT_SIGMA, find_people, read_categories
from sspcm.formats.coco.file import (
    KEPT_ASIDE,
    OWN_ID,
    OWN_IMAGE_FIELDS,
    OWN_PERSON_FIELDS,
    CocoError,
    CocoFile,
    CocoImage,
    CocoPerson,
)
from sspcm.formats.coco.images import read_images
from sspcm.formats.coco.people import read_annotations
from sspcm.formats.coco.writing import AS_READ, CHANGES, Written, category_of, write, write_coco
from sspcm.formats.complaints import Complaints, carried
from sspcm.formats.plain_values import NESTING, shown, unfit
from sspcm.skeletons.skeleton import Skeleton

__all__ = [
    "AS_READ",
    "CHANGES",
    "DEFAULT_SIGMA",
    "KEPT_ASIDE",
    "LARGEST_FILE",
    "NESTING",
    "OWN_ID",
    "OWN_IMAGE_FIELDS",
    "OWN_PERSON_FIELDS",
    "ROUNDING_PX",
    "CocoError",
    "CocoFile",
    "CocoImage",
    "CocoPerson",
    "Written",
    "category_of",
    "lens_of",
    "parse_coco",
    "read_coco",
    "read_json",
    "write",
    "write_coco",
]

_NO_JSON = {
    b"\x1f\x8b": "is compressed (gzip); wanted the JSON itself. Unpack it first: gunzip FILE.",
    b"PK\x03\x04": "is a zip archive; wanted the JSON in it. Unpack it first: unzip FILE.",
    b"<": "is XML or a web page; wanted JSON. Export the labels as COCO keypoints, or download the file itself.",
    b"version https://git-lfs": "is a pointer of Git LFS; wanted the file that it names. Fetch it: git lfs pull.",
}
"""What files begin with that are no JSON, and what they are."""
LARGEST_FILE = 10**9
"""Bytes of a JSON file that is read whole; it takes about nine times as much memory."""


def read_coco(path: Path, skeleton: Skeleton | None = None, *, largest: int = LARGEST_FILE) -> CocoFile:
    """Read a file; what is wrong with single entries becomes a complaint and the rest is read. Raises CocoError.

    skeleton: what the keypoints are, where the file names none; where it names some, they must be these.
    """
    return parse_coco(read_json(path, largest=largest), skeleton, name=path.name)


def _what_to_do(content: bytes) -> str:
    """A file that ends as JSON does was copied whole: somebody wrote it by hand, or a program that writes no JSON."""
    if content.rstrip().endswith((b"}", b"]")):
        return "Mend it there, or export it again."
    return "It may be cut short: copy it or export it again."


def read_json(path: Path, *, largest: int = LARGEST_FILE) -> Any:
    """The file's plain data, whatever it is; of a file of at most `largest` bytes. Raises CocoError."""
    try:
        size = path.stat().st_size
        if size > largest:
            raise CocoError(
                f"{path.name} has {size / 1e6:.0f} MB; wanted at most {largest / 1e6:.0f} MB of JSON. Split it by "
                "images."
            )
        content = path.read_bytes()
        for begins, said in _NO_JSON.items():
            if content.startswith(begins):
                raise CocoError(f"{path.name} {said}")
        return json.loads(content)
    except OSError as error:
        raise CocoError(f"{path.name} cannot be read ({error.strerror}). Give the path of a COCO JSON file.") from error
    except RecursionError as error:
        raise CocoError(
            f"{path.name} is not readable JSON: it is nested too deep; wanted at most {NESTING} levels in a field. "
            "Leave that field out."
        ) from error
    except CocoError:
        raise
    except UnicodeDecodeError as error:
        raise CocoError(
            f"{path.name} is no text in UTF-8: {error.reason} at byte {error.start}; wanted JSON in UTF-8. Save it "
            "again in that encoding."
        ) from error
    except ValueError as error:
        raise CocoError(f"{path.name} is not readable JSON: {error}. {_what_to_do(content)}") from error


def parse_coco(data: Any, skeleton: Skeleton | None = None, *, name: str = "the file") -> CocoFile:
    """`read_coco` for data already parsed."""
    _check_lists(data, name)
    complaints = Complaints()
    categories, numbers = read_categories(data["categories"], name, complaints)
    people = find_people(categories, numbers, data["annotations"], skeleton, name, complaints)
    images = read_images(data["images"], complaints)
    persons, aside = read_annotations(data["annotations"], images, people, complaints)
    shown_images = tuple(
        replace(image, extra={**image.extra, KEPT_ASIDE: aside[number]}) if number in aside else image
        for number, image in images.by_id.items()
    )
    return CocoFile(
        skeleton=people.skeleton,
        images=shown_images,
        persons=tuple(persons),
        header=_read_header(data, categories, name, complaints),
        complaints=complaints.told(),
        names_keypoints=people.names_keypoints,
        losses=tuple(complaints.losses),
    )


def lens_of(image: CocoImage) -> LensCircle:
    """The circle in the image's field `lens` (centre x, y and radius in pixels), else the one inscribed in its frame.

    Raises CocoError where the field is no circle, or where nothing says how large the frame is.
    """
    told = image.extra.get("lens")
    if told is not None:
        return _read_lens(image.file_name, told)
    if image.width is None or image.height is None:
        raise CocoError(
            f"image {image.file_name} has no width and height in the file; wanted its size in pixels, in which its "
            "lens circle lies. Add both."
        )
    return default_lens(image.width, image.height)


def _read_lens(file_name: str, told: Any) -> LensCircle:
    try:
        x, y, radius = (float(value) for value in told)
        return LensCircle(x, y, radius)
    except (TypeError, ValueError, OverflowError) as error:
        raise CocoError(
            f"image {file_name} has the lens {shown(told)}; wanted [centre x, centre y, radius] in pixels. "
            "Correct it, or leave the field out."
        ) from error


def _check_lists(data: Any, name: str) -> None:
    if not isinstance(data, dict):
        raise CocoError(
            f"{name} holds a JSON {type(data).__name__}; wanted an object with images, annotations and categories. "
            "A list of results is no data set: give the annotations file."
        )
    missing = [key for key in ("images", "annotations", "categories") if not isinstance(data.get(key), list)]
    if missing:
        raise CocoError(
            f"{name} has no list of {', '.join(missing)} (has: {', '.join(map(shown, data)) or 'nothing'}); wanted "
            "images, annotations and categories. Export it again as COCO keypoints."
        )


def _read_header(
    data: dict[str, Any], categories: list[dict[str, Any]], name: str, complaints: Complaints
) -> dict[str, Any]:
    """Everything but images and annotations, and but what our own export adds to be read by people alone."""
    header = {}
    for key, value in data.items():
        if key == "categories":
            header[key] = categories
        elif key not in ("images", "annotations", CHANGES) and not _is_our_predictions(key, value):
            header[key] = _carry_inside(value, f"{name}: its {shown(key)}", complaints)
    return carried(header, f"{name}: its header", complaints, kind="header")


def _carry_inside(value: Any, where: str, complaints: Complaints) -> Any:
    """Of objects, single fields are left out rather than all of them."""
    if unfit(value) is None:
        return value
    if isinstance(value, dict):
        return carried(value, where, complaints, kind="header")
    if isinstance(value, list) and all(isinstance(one, dict) for one in value):
        return [carried(one, where, complaints, kind="header") for one in value]
    return value


def _is_our_predictions(key: str, value: Any) -> bool:
    """Whether it is what an export with predictions adds: they are no part of a data set."""
    return (
        key == "predictions"
        and isinstance(value, list)
        and all(isinstance(one, dict) and one.get("source") == "prediction" for one in value)
    )
