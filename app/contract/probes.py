"""Probes: how many people get one, and how closely each annotator looks."""

from typing import Annotated

from pydantic import Field

from app.contract.base import Message, Payload

Share = Annotated[float, Field(ge=0, le=1)]


class SetProbesMessage(Message):
    """Of people with a network's start: how many get one keypoint put wrong, and how many come without it. 0: none."""

    wrong: Share
    empty: Share


class LookedPayload(Payload):
    """One annotator. caught, of seen: people whose wrong keypoint was moved away, with the 95 % interval of the share.

    low, high: null of nobody. empty: people labelled without the start that there is. untouched, of started: labels
    that began at a network's pose, and those in which no keypoint was touched.
    """

    name: str
    caught: int
    seen: int
    low: float | None
    high: float | None
    empty: int
    untouched: int
    started: int


class MissedPayload(Payload):
    """Somebody accepted with the wrong keypoint left in place: the label has the network's own place there."""

    person_id: int
    image_id: int
    annotator: str
    keypoint: str
    at: str


class ProbesPayload(Payload):
    """How many get a probe, who looked how closely, and whom to look at again, the last first. words: all at once."""

    wrong: float
    empty: float
    words: str
    annotators: list[LookedPayload]
    missed: list[MissedPayload]
