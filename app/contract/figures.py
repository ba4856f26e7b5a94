"""Figures of the team: what each annotator did, by week, and how it turned out."""

from app.contract.base import Payload


class FigurePayload(Payload):
    """One annotator's, in one ISO week as in 2026-W49, or with null in all weeks asked for.

    persons: about whom they decided, each once; accepted: whom they accepted. timed: of whom the seconds are known;
    seconds: of all these, median: of one. starts: accepted labels that began at a network's pose; untouched: of these,
    those accepted as they came; actions: keypoints touched and the accept, a start. reviewed: labels that the review
    rule chose; good: found good; back: sent back or corrected, whoever chose them. twice: whom another labelled too;
    oks: how far the two agree. Intervals are of 95 %. null: nothing to tell it of.
    """

    week: str | None
    persons: int
    accepted: int
    timed: int
    seconds: float
    median: float | None
    starts: int
    untouched: int
    untouched_low: float | None
    untouched_high: float | None
    actions: float | None
    reviewed: int
    good: int
    good_low: float | None
    good_high: float | None
    back: int
    twice: int
    oks: float | None
    oks_low: float | None
    oks_high: float | None


class AnnotatorFiguresPayload(Payload):
    """One annotator's. by_week: of the weeks of which there is anything, the oldest first."""

    name: str
    all_weeks: FigurePayload
    by_week: list[FigurePayload]


class FiguresPayload(Payload):
    """Everybody's who did anything in these weeks. weeks: the oldest first, the last one goes on."""

    weeks: list[str]
    words: str
    annotators: list[AnnotatorFiguresPayload]
