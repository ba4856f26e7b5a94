"""The cameras' page: the lens circle of each camera, on a frame of its own."""

from typing import Annotated

from pydantic import Field

from app.contract.base import FARTHEST_PX, Id, Message, Payload, Pixels
from db.records import LensSource


class CirclePayload(Message):
    """A lens circle a lead drew, in px of the frame it was drawn on."""

    x: Pixels
    y: Pixels
    radius: Annotated[float, Field(gt=0, le=FARTHEST_PX)]


class LensMessage(Message):
    """A camera's lens as a lead sees it in one of its images; no circle: the camera is no fisheye."""

    image_id: Id
    lens: CirclePayload | None


class FramePayload(Payload):
    """The image that a camera's circle is shown on."""

    id: int
    file_name: str
    width: int
    height: int
    url: str


class CameraPayload(Payload):
    """A camera, how many images it has, and its circle in the shown frame's pixels. source: whose word it is."""

    id: int
    name: str
    images: int
    is_fisheye: bool
    source: LensSource
    lens: CirclePayload | None
    arc_degrees: float | None
    frame: FramePayload | None


class CamerasPayload(Payload):
    """Every camera by name."""

    cameras: list[CameraPayload]


class SavedLensPayload(Payload):
    """The camera with its new circle."""

    camera: CameraPayload


class FoundLensPayload(Payload):
    """A circle that a camera's frames show; arc_degrees: how much of its rim is seen."""

    lens: CirclePayload
    arc_degrees: float


class FoundPayload(Payload):
    """What a search found; null: no rim is to be seen."""

    found: FoundLensPayload | None
