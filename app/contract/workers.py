"""The workers of a home, as pages and programs get them."""

from typing import Literal

from app.contract.base import Payload


class OneWorkerPayload(Payload):
    """One worker. doing: what it does, in words; since: from when on, null where it waits or is gone.

    state: "silent" is not heard of in time, "lost" for so long that others took its jobs. seconds: since its last sign.
    """

    name: str
    host: str
    process: int
    device: str
    state: Literal["works", "waits", "silent", "lost", "ended"]
    doing: str
    since: str | None
    heard: str
    seconds: float
    started_at: str


class WorkersPayload(Payload):
    """Every worker heard of within a week, by name; words: how many there are, and what they share."""

    words: str
    workers: list[OneWorkerPayload]
