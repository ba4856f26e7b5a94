"""A simulation on the project's own labels, as pages and programs get it."""

from typing import Literal

from app.contract.base import Message, Payload


class SimulationFigurePayload(Payload):
    """One figure in words: name, the figure with its interval, and what it means."""

    name: str
    text: str
    more: str


class SimulationPayload(Payload):
    """The newest simulation, or what is missing before there can be one.

    state: "none" before any, "missing" where one cannot be. words: where it stands; advice: what the result says a lead
    should do, and verdict the same for programs; null without a result. done, of: rows of the curve so far. curve: the
    picture's address. ask, begin, cancel: what the buttons say; null for one that is of no use now.
    """

    state: Literal["none", "missing", "queued", "running", "measured", "done", "failed", "cancelled"]
    number: int | None
    words: str
    advice: str
    verdict: Literal["go on", "stop", "undecided"] | None
    figures: list[SimulationFigurePayload]
    done: int
    of: int
    minutes: float | None
    curve: str | None
    error: str | None
    ask: str | None
    begin: str | None
    cancel: str | None


class SimulationMessage(Message):
    """Ask what one costs, begin it, or end it."""

    do: Literal["ask", "begin", "cancel"]
