"""Review: whom a reviewer sees, what is said of their labels, and what comes of that."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.contract.base import BoxPayload, Id, Key, Message, Payload, Row, SkeletonPayload, Triple
from app.contract.labelling import FlagPayload, ImagePayload, LensPayload
from app.contract.sheet import FindingPayload
from db.labelling.review_results import ReviewResults
from db.labelling.reviews import LONGEST_COMMENT, ReviewRecord
from db.records import ReviewResult, ReviewRule


class ReviewMessage(Message):
    """A reviewer's word on a label. revision: the label's. xyv: a corrected pose; touched: which keypoints moved."""

    key: Key
    person_id: Id
    revision: Id
    result: ReviewResult
    comment: Annotated[str, Field(max_length=LONGEST_COMMENT, pattern=r"^[^\x00]*$")] = ""
    xyv: Annotated[list[Triple], Field(max_length=1000)] | None = None
    touched: Annotated[list[bool], Field(max_length=1000)] | None = None


class UndoReviewMessage(Message):
    """One's own review, taken back."""

    review_id: Id


class ReviewRuleMessage(Message):
    """How much is reviewed: a share from 0 to 1, and everybody's first persons."""

    share: Annotated[float, Field(ge=0, le=1)]
    first: Annotated[int, Field(ge=0, le=10_000)]


class ReviewRulePayload(Payload):
    """How much is reviewed."""

    share: float
    first: int

    @classmethod
    def of(cls, rule: ReviewRule) -> "ReviewRulePayload":
        """As the project has it."""
        return cls(share=rule.share, first=rule.first)


class ReviewedPayload(Payload):
    """A review. annotator: null of an imported label. corrected: the label revision that the reviewer placed instead.

    is_waiting: the person is open and was not labelled anew yet.
    """

    id: int
    person_id: int
    image_id: int
    file_name: str
    revision: int
    annotator: str | None
    reviewer: str
    result: ReviewResult
    comment: str
    corrected: int | None
    is_waiting: bool
    at: datetime

    @classmethod
    def of(cls, review: ReviewRecord) -> "ReviewedPayload":
        """As it was said."""
        return cls(**{name: getattr(review, name) for name in cls.model_fields})


class ReviewPersonPayload(Payload):
    """A person to review. revision: the label's. earlier: what was said of their label before, where it came back.

    findings: what a check suspects of the label, the most suspicious first.
    """

    id: int
    revision: int
    annotator: str
    image: ImagePayload
    lens: LensPayload | None
    box: BoxPayload
    xyv: list[Row]
    flags: list[FlagPayload]
    findings: list[FindingPayload]
    earlier: ReviewedPayload | None


class ReviewNextPayload(Payload):
    """The next persons for whoever asks. left: how many there are, counted up to 1000; told without `after` alone."""

    persons: list[ReviewPersonPayload]
    left: int | None


class ReviewResultsPayload(Payload):
    """What reviews say of one annotator's labels; annotator null: of imported ones. low, high: the 95 % interval.

    The share and its interval are of labels that the project's rule chose (sampled); null before it chose one.
    """

    annotator: str | None
    good: int
    back: int
    corrected: int
    waiting: int
    sampled: int
    share_good: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, results: ReviewResults) -> "ReviewResultsPayload":
        """With its interval."""
        low, high = results.interval or (None, None)
        names = ("annotator", "good", "back", "corrected", "waiting", "sampled", "share_good")
        return cls(**{name: getattr(results, name) for name in names}, low=low, high=high)


class ReviewTablePayload(Payload):
    """What the page Review begins with. annotators: who has labels that one may ask for.

    suspicious: how many labels that a check suspects whoever asks may review, counted up to 1000.
    """

    rule: ReviewRulePayload
    skeleton: SkeletonPayload
    annotators: list[str]
    results: list[ReviewResultsPayload]
    suspicious: int


class OwnReviewsPayload(Payload):
    """What came back or was corrected of one's own labels, the newest first."""

    reviews: list[ReviewedPayload]
