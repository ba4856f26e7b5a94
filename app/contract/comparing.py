"""Two rounds side by side, as programs and pages see them."""

from app.contract.base import Payload
from app.contract.rounds import OrderFigurePayload
from db.records import RoundState


class ComparedRoundPayload(Payload):
    """One of the two. without: why it has no predictions to be measured by, in words; null where it has them.

    mean_oks with its 95 % interval, and AP, on the same people as the other's: null where nothing could be measured.
    at_end: what it measured itself when it ended, in words. order: how well its ranking does, none where that is not
    measured; order_people: on whom, or why it is not.
    """

    number: int
    state: RoundState
    method: str
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

    verdict: which student is better, in a sentence; wins: that round, null where it is undecided. difference: how much
    higher the second's mean OKS is, with its 95 % interval over images. keypoints: the largest difference first.
    labels: what annotators did in between, in sentences.
    """

    first: ComparedRoundPayload
    second: ComparedRoundPayload
    verdict: str
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
