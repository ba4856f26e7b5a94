"""What a COCO keypoints file holds, once it is read."""

from dataclasses import dataclass, field
from typing import Any

from sspcm.pose import PersonInstance
from sspcm.skeletons.skeleton import Skeleton

OWN_IMAGE_FIELDS = ("id", "file_name", "width", "height")
OWN_PERSON_FIELDS = ("id", "image_id", "bbox", "area", "keypoints")
KEPT_ASIDE = "annotations_kept_aside"
"""The field of an image's extra with its annotations that are no persons (crowd regions, cars), as they were read."""
OWN_ID = "own_id"
"""The field of an image's or a person's extra with the id that the file gave in words; we number them."""


class CocoError(ValueError):
    """A file that cannot be read or written as COCO keypoints at all."""


@dataclass(frozen=True)
class CocoPerson:
    """One annotation. `person.extra` holds the fields we do not read, and the keypoints of a person nobody labelled."""

    id: int
    image_id: int
    person: PersonInstance
    box_is_made: bool = False
    """Whether the file says no box that can be used: this one was made of its keypoints or its outline."""


@dataclass(frozen=True)
class CocoImage:
    """One image entry; `extra` holds the fields we do not read, and annotations that are no persons (KEPT_ASIDE).

    width, height: pixels; None, both, where the file does not say them, so that the image itself has to.
    """

    id: int
    file_name: str
    width: int | None
    height: int | None
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CocoFile:
    """A whole file: `header` is everything but images and annotations; `complaints` name what was left out, and why.

    names_keypoints: whether a category of the file says what the keypoints are called. losses: of the complaints, those
    that cost an image or somebody's keypoints, each as its first entry has it.
    """

    skeleton: Skeleton
    images: tuple[CocoImage, ...]
    persons: tuple[CocoPerson, ...]
    header: dict[str, Any]
    complaints: tuple[str, ...] = ()
    names_keypoints: bool = True
    losses: tuple[str, ...] = ()
