"""What every message and answer of the contract is made of."""

import math
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from sspcm.pose import Box

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


class Message(BaseModel):
    """What the browser sends: unknown fields are refused, numbers are finite, and `"1"` and `true` are none."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, strict=True)


class BoxMessage(Message):
    """A rectangle in image px, turned by `angle` degrees clockwise about its centre."""

    x: Pixels
    y: Pixels
    width: Pixels
    height: Pixels
    angle: Annotated[float, Field(ge=-360, le=360)] = 0.0


class BoxPayload(BaseModel):
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
