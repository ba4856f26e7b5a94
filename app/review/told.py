"""The rule, the results and the reviews, as pages, programs and spreadsheets get them."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from app.contract.base import SkeletonPayload
from app.contract.review import (
    OwnReviewsPayload,
    ReviewedPayload,
    ReviewResultsPayload,
    ReviewRulePayload,
    ReviewTablePayload,
)
from app.review.reviewing import MOST_LEFT
from app.team.told import csv_line
from db.clock import utc_now
from db.labelling.review_results import results_by_annotator
from db.labelling.review_walk import ReviewFilter, annotators_with_labels, count_to_review
from db.labelling.reviews import list_reviews
from db.pool.project import get_project
from db.records import UserRecord
from db.store.session import Store

OWN = 50
"""Of one's own that came back, so many of the newest are told."""
COLUMNS = (
    "at", "reviewer", "annotator", "result", "comment", "corrected", "is_waiting", "is_sampled", "person_id",
    "revision", "image_id", "file_name",
)  # fmt: skip


def table_told(tx: Session, user: UserRecord) -> ReviewTablePayload:
    """What the page begins with for this reviewer. Raises NotFound before there is a project."""
    described = get_project(tx)
    return ReviewTablePayload(
        rule=ReviewRulePayload.of(described.review),
        skeleton=SkeletonPayload.of(described.skeleton),
        annotators=annotators_with_labels(tx),
        results=results_told(tx),
        suspicious=count_to_review(tx, ReviewFilter("suspicious"), user, now=utc_now(), most=MOST_LEFT),
    )


def results_told(tx: Session) -> list[ReviewResultsPayload]:
    """By annotator."""
    return [ReviewResultsPayload.of(results) for results in results_by_annotator(tx)]


def own_told(tx: Session, user: UserRecord) -> OwnReviewsPayload:
    """What came back of one's own labels, or was corrected."""
    found = list_reviews(tx, annotator=user, result="back", limit=OWN)
    return OwnReviewsPayload(reviews=[ReviewedPayload.of(said) for said in found])


def reviews_as_csv(store: Store) -> Iterator[str]:
    """Every review, the newest first, line by line."""
    yield csv_line(COLUMNS)
    with store.reading() as tx:
        for said in list_reviews(tx):
            cells = (said.at.isoformat() if name == "at" else getattr(said, name) for name in COLUMNS)
            yield csv_line(tuple("" if cell is None else str(cell) for cell in cells))
