"""Two rounds side by side, as programs and pages see them."""

from typing import Literal

from app.contract.base import Payload, SkeletonPayload
from app.contract.rounds import OrderFigurePayload
from app.contract.sheet import SheetPosePayload
from db.records import RoundState

Whom = Literal["validation", "first", "second", "open"]
"""Whom to look at: validation people whom the two place farthest apart, or whom the first or the second places better
by most; open people of the pool whom they place farthest apart."""


class ComparedRoundPayload(Payload):
    """One of the two. without: why it has no predictions to be measured by, in words; null where it has them.

    twin_of: the round whose labels it learned from by another method. ask_twin: a button's words, where a supervised
    twin may be asked for; null where not. mean_oks with its 95 % interval, and AP, on the same people as the other's:
    null where nothing could be measured. at_end: what it measured itself when it ended, in words. order: how well its
    ranking does, none where that is not measured; order_people: on whom, or why it is not.
    """

    number: int
    state: RoundState
    method: str
    twin_of: int | None
    ask_twin: str | None
    labels: int | None
    without: str | None
    mean_oks: float | None
    low: float | None
    high: float | None
    ap: float | None
    at_end: str
    order: list[OrderFigurePayload]
    order_people: str


class ComparedKeypointPayload(Payload):
    """One keypoint of the same people: each student's mean OKS, and how much higher the second's is; persons: who place
    it."""

    name: str
    persons: int
    first: float
    second: float
    difference: float
    low: float | None
    high: float | None


class MoreLabelsPayload(Payload):
    """What one round learned from in addition to the other: people whom that one did not learn from, and corrected
    labels. minutes: what annotators took for `timed` of them; null where nothing tells it. from_files: labels out of a
    file.
    """

    round: int
    people: int
    corrected: int
    from_files: int
    timed: int
    minutes: float | None


class ComparePayload(Payload):
    """Two rounds side by side, in words and figures.

    verdict: which student is better, in a sentence; wins: that round, null where it is undecided. twin: where one is
    the other's twin, that it is. difference: how much higher the second's mean OKS is, with its 95 % interval over
    images. keypoints: the largest difference first. labels: what annotators did in between, in sentences. numbers:
    every round that there is, newest first.
    """

    numbers: list[int]

    first: ComparedRoundPayload
    second: ComparedRoundPayload
    verdict: str
    twin: str
    wins: int | None
    people: str
    persons: int
    images: int
    difference: float | None
    low: float | None
    high: float | None
    keypoints: list[ComparedKeypointPayload]
    keypoints_note: str
    labels: list[str]
    more_labels: list[MoreLabelsPayload]


class ComparedPersonPayload(Payload):
    """One person, as both students and an annotator have them: poses in px of the thumb; label: null where there is
    none. first_oks, second_oks: beside the label. apart: 0 where the two students agree, 1 where not at all.
    """

    id: int
    image_id: int
    file_name: str
    thumb: str
    first: SheetPosePayload
    second: SheetPosePayload
    label: SheetPosePayload | None
    first_oks: float | None
    second_oks: float | None
    apart: float


class ComparedPeoplePayload(Payload):
    """Some people of two rounds, those first whom it was asked for. words: who they are, or why there are none; total:
    how many could be shown. thumb_px: a thumb's width and height.
    """

    whom: Whom
    words: str
    total: int
    persons: list[ComparedPersonPayload]
    skeleton: SkeletonPayload
    thumb_px: int
