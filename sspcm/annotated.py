"""A COCO file's persons as our commands take them: named for a skeleton, each image with its lens circle."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sspcm.formats.coco import CocoError, CocoFile, parse_coco, read_coco, read_json
from sspcm.skeleton import Skeleton


def read_annotated(path: Path, skeleton: Skeleton | None) -> CocoFile:
    """The file's persons with `skeleton`'s keypoints; None takes the keypoints that the file names, else COCO's.

    A file that names no keypoints (boxes alone, or the WEPDTOF-Pose layout) is taken to mean the skeleton's. Raises
    CocoError where it names others, and where it holds no person.
    """
    file = read_coco(path) if skeleton is None else _read_as(path, skeleton)
    if not file.persons:
        told = f" The first complaint: {file.complaints[0]}" if file.complaints else ""
        raise CocoError(
            f"{path.name} holds no person ({len(file.images)} images); wanted annotations with a bbox.{told} "
            "Give the file that says where the persons are, and the skeleton of its keypoints if it names none."
        )
    return file


def _read_as(path: Path, skeleton: Skeleton) -> CocoFile:
    """Parsed with the skeleton's names where the file has none."""
    data = read_json(path)
    header = parse_coco(
        {**data, "images": [], "annotations": []} if isinstance(data, dict) else data, name=path.name
    ).header
    categories = header.get("categories") or []
    named = [c for c in categories if isinstance(c, dict) and c.get("keypoints")]
    for category in named[:1]:
        _check_names(category["keypoints"], skeleton, path)
    named_for_it = {**data, "categories": [_naming(c, skeleton) for c in (named or categories or [{"id": 1}])]}
    return replace(parse_coco(named_for_it, name=path.name), skeleton=skeleton, header=header)


def _check_names(names: Sequence[Any], skeleton: Skeleton, path: Path) -> None:
    if list(names) == list(skeleton.keypoints):
        return
    strange = [str(name) for name in names if name not in skeleton.keypoints]
    found = f"such as {strange[0]!r}" if strange else "in another order or number"
    raise CocoError(
        f"{path.name} names {len(names)} keypoints, {found}; wanted the {len(skeleton)} of skeleton "
        f"'{skeleton.name}' ({', '.join(skeleton.keypoints)}). Give annotations, or a model, of the same skeleton."
    )


def _naming(category: dict[str, Any], skeleton: Skeleton) -> dict[str, Any]:
    edges = [[a + 1, b + 1] for a, b in skeleton.edges]
    return {**category, "keypoints": list(skeleton.keypoints), "skeleton": edges}
