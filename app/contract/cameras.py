"""Messages about a camera's lens circle."""

from typing import Annotated

from pydantic import Field

from app.contract.base import FARTHEST_PX, Id, Message, Pixels


class CirclePayload(Message):
    """A lens circle a lead drew, in px of the frame it was drawn on."""

    x: Pixels
    y: Pixels
    radius: Annotated[float, Field(gt=0, le=FARTHEST_PX)]


class LensMessage(Message):
    """A camera's lens as a lead sees it in one of its images; no circle: the camera is no fisheye."""

    image_id: Id
    lens: CirclePayload | None
