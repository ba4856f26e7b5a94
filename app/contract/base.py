"""What every message and answer of the contract is made of."""

import math
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from db.records import Role
from sspcm.pose import Box
from sspcm.skeletons.sides import sides_of
from sspcm.skeletons.skeleton import Skeleton

VERSION = 1
FARTHEST_PX = 1e7
"""No coordinate and no side is farther than that: a hundred times the largest image there is."""


def _digits(given: object) -> object:
    """In an address a number is digits and nothing else: no sign, no blank, no `1_0`, no `1.0`."""
    if isinstance(given, str) and not (given.isascii() and given.isdigit()):
        raise ValueError("wanted digits alone")
    return given


Id = Annotated[int, Field(ge=0, lt=2**31)]
"""A row's number: what both stores' columns can hold."""
Number = Annotated[int, BeforeValidator(_digits)]
"""A number in an address, as digits."""
IdInAddress = Annotated[Number, Field(ge=0, lt=2**31)]
Key = Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[\x20-\x7e]+$")]
"""Names one request: the same key is carried out once."""
Pixels = Annotated[float, Field(ge=-FARTHEST_PX, le=FARTHEST_PX)]
Triple = Annotated[list[Pixels], Field(min_length=3, max_length=3)]
Row = Annotated[list[float], Field(min_length=3, max_length=3)]
"""A keypoint in an answer: x, y, and its visibility or confidence."""
Edge = Annotated[list[int], Field(min_length=2, max_length=2)]


class Message(BaseModel):
    """What the browser sends: unknown fields are refused, numbers are finite, and `"1"` and `true` are none."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, strict=True)


class Payload(BaseModel):
    """What the server answers: every field is there, also one that has its default."""

    model_config = ConfigDict(populate_by_name=True)


class BoxMessage(Message):
    """A rectangle in image px, turned by `angle` degrees clockwise about its centre."""

    x: Pixels
    y: Pixels
    width: Pixels
    height: Pixels
    angle: Annotated[float, Field(ge=-360, le=360)] = 0.0


class BoxPayload(Payload):
    """A box as the browser gets it."""

    x: float
    y: float
    width: float
    height: float
    angle: float

    @classmethod
    def of(cls, box: Box) -> "BoxPayload":
        """The same rectangle, with an angle that the browser may send back: files turn boxes as often as they like."""
        angle = box.angle if abs(box.angle) <= 360 else math.remainder(box.angle, 360)
        return cls(x=box.x, y=box.y, width=box.width, height=box.height, angle=angle)


class RefusalPayload(Payload):
    """Why something was not done. code: for programs; message: what people may be shown."""

    code: str
    message: str


class ErrorPayload(Payload):
    """What every refusal is."""

    error: RefusalPayload


class UserPayload(Payload):
    """Somebody with an account."""

    name: str
    role: Role


class SessionPayload(Payload):
    """Who is signed in. csrf: goes with every unsafe request.

    project: tells it from every other; null before there is one.
    """

    user: UserPayload
    csrf: str
    version: int = VERSION
    project: str | None


class LinkPayload(Payload):
    """A page that the next step is taken on."""

    href: str
    text: str


class StepPayload(Payload):
    """What to do first, or next. code: how the home stands; command: to be typed in a shell."""

    code: str
    title: str
    text: str
    command: str | None = None
    link: LinkPayload | None = None


class FirstStepPayload(Payload):
    """What is missing before work can begin; null where nothing is."""

    step: StepPayload | None


class SkeletonPayload(Payload):
    """Which keypoints there are, how they hang together, and the side of each. mirror: each one's partner."""

    name: str
    keypoints: list[str]
    edges: list[Edge]
    mirror: list[int]
    sigmas: list[float]
    sides: list[Literal["left", "right", "middle"]]

    @classmethod
    def of(cls, skeleton: Skeleton) -> "SkeletonPayload":
        """The skeleton as pages get it: each keypoint's side as well, told once and here."""
        return cls(**skeleton.to_json(), sides=list(sides_of(skeleton.keypoints, skeleton.mirror)))
