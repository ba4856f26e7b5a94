"""What an image, a box or a label must be to be taken."""

from sqlalchemy.orm import Session

from db.errors import InvalidDecision
from db.pool.project import get_project
from db.pool.workable import came_labelled
from db.schema import (
    ImageRow,
)
from sspcm.pose import Box

SMALLEST_SIDE, LARGEST_SIDE = 1.0, 4.0
"""A drawn box's sides: from so many px to so many times the image's longer side."""


def check_split(tx: Session, image: ImageRow) -> None:
    """Raise InvalidDecision for a validation image that came labelled: rounds are measured by these labels."""
    if came_labelled(tx, image):
        raise InvalidDecision(
            f"image '{image.file_name}' belongs to validation and came with its labels, which measure the rounds; "
            "wanted one that annotators work on. Open another image."
        )


def check_box(box: Box, image: ImageRow) -> None:
    """Raise InvalidDecision for a box whose centre lies outside the image, or whose sides fit nobody in it."""
    longest = LARGEST_SIDE * max(image.width, image.height)
    if not all(SMALLEST_SIDE <= side <= longest for side in (box.width, box.height)):  # NaN fails this too
        raise InvalidDecision(
            f"the box measures {box.width:.3g} x {box.height:.3g} px; wanted sides of {SMALLEST_SIDE:.0f} to "
            f"{longest:.0f} px. Draw the box around a person in the image."
        )
    x, y = box.centre
    if not (0 <= x <= image.width and 0 <= y <= image.height):
        raise InvalidDecision(
            f"the box's centre is at ({x:.0f}, {y:.0f}) px; wanted it inside the image, {image.width} x "
            f"{image.height} px. Draw the box around a person in the image."
        )


def check_keypoints(tx: Session, found: int) -> None:
    """Raise InvalidDecision unless a label has as many keypoints as the project's skeleton."""
    skeleton = get_project(tx).skeleton
    if found != len(skeleton):
        raise InvalidDecision(
            f"the label has {found} keypoints; wanted the {len(skeleton)} of skeleton '{skeleton.name}'. "
            "Reload the page, or give a label of this project's skeleton."
        )


def check_name(what: str, name: str, longest: int) -> None:
    """Raise InvalidDecision for a name that one of the databases cannot hold: too long, with a NUL, no Unicode."""
    if len(name) > longest or any(c == "\0" or "\ud800" <= c <= "\udfff" for c in name):
        raise InvalidDecision(
            f"the {what} {name!r:.80} has {len(name)} characters; wanted at most {longest}, all of them Unicode and "
            "none of them NUL. Rename it, then import again."
        )
