"""A COCO file's persons as our commands take them: named for a skeleton, each image with its lens circle."""

from pathlib import Path

from sspcm.formats.coco.reading import CocoError, CocoFile, read_coco
from sspcm.skeletons.skeleton import Skeleton


def read_annotated(path: Path, skeleton: Skeleton | None) -> CocoFile:
    """The file's persons with `skeleton`'s keypoints; None takes the keypoints that the file names, else COCO's.

    A file that names no keypoints (boxes alone, or the WEPDTOF-Pose layout) is taken to mean the skeleton's. Raises
    CocoError where it names others, and where it holds no person.
    """
    file = read_coco(path, skeleton)
    if not file.persons:
        told = f" The first complaint: {file.complaints[0]}" if file.complaints else ""
        raise CocoError(
            f"{path.name} holds no person ({len(file.images)} images); wanted annotations with a bbox.{told} "
            "Give the file that says where the persons are, and the skeleton of its keypoints if it names none."
        )
    return file
