"""A COCO file's persons as our commands take them: named for a skeleton, each image with its lens circle."""

from pathlib import Path
from typing import Any

from sspcm.formats.coco.reading import CocoError, CocoFile, parse_coco, read_json
from sspcm.skeletons.skeleton import Skeleton


def read_annotated(path: Path, skeleton: Skeleton | None) -> CocoFile:
    """The file's persons with `skeleton`'s keypoints; None takes the keypoints that the file names, else COCO's.

    A file that names no keypoints (boxes alone, or the WEPDTOF-Pose layout) is taken to mean the skeleton's. Raises
    CocoError where it names others, and where it holds no person.
    """
    return parse_annotated(read_json(path), skeleton, name=path.name)


def parse_annotated(data: Any, skeleton: Skeleton | None, *, name: str) -> CocoFile:
    """`read_annotated` for data already parsed."""
    file = parse_coco(data, skeleton, name=name)
    if not file.persons:
        told = f" The first complaint: {file.complaints[0]}" if file.complaints else ""
        raise CocoError(
            f"{name} holds no person ({len(file.images)} images); wanted annotations with a bbox.{told} "
            "Give the file that says where the persons are, and the skeleton of its keypoints if it names none."
        )
    return file
