"""What the page Review calls: the next persons, what is said of them, the rule and the results."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from app.contract.base import IdInAddress, Number
from app.contract.review import (
    OwnReviewsPayload,
    ReviewedPayload,
    ReviewMessage,
    ReviewNextPayload,
    ReviewPersonPayload,
    ReviewRuleMessage,
    ReviewRulePayload,
    ReviewTablePayload,
    UndoReviewMessage,
)
from app.review import reviewing
from app.review.told import own_told, reviews_as_csv, table_told
from app.web.noted import say_more
from app.web.opened import OpenHome
from app.web.routes.labelling import ImageIds
from app.web.who import user_of
from db.labelling.review_walk import ReviewFilter, ReviewShow
from db.pool import project
from db.records import ReviewRule

Name = Annotated[str, Query(max_length=64, pattern=r"^[^\x00]*$")]


def review_routes(home: OpenHome) -> APIRouter:
    """For reviewers and leads, but for one's own; the guard lets nobody else through, and leads alone to the rule."""
    api = APIRouter()
    store = home.store

    @api.get("/api/review")
    def table(request: Request) -> ReviewTablePayload:
        with store.reading() as tx:
            return table_told(tx, user_of(request))

    @api.get("/api/review/next")
    def next_persons(
        request: Request,
        show: ReviewShow = "sample",
        annotator: Name = "",
        after: IdInAddress | None = None,
        exclude: ImageIds = "",
        limit: Annotated[Number, Query(ge=1, le=30)] = 8,
    ) -> ReviewNextPayload:
        """exclude: persons whom the page has already."""
        wanted = ReviewFilter(show, annotator or None)
        passed = [int(part) for part in exclude.split(",") if part]
        return reviewing.next_persons(store, user_of(request), wanted, after=after, exclude=passed, limit=limit)

    @api.post("/api/review")
    def say(request: Request, message: ReviewMessage) -> ReviewedPayload:
        return reviewing.say(store, user_of(request), message)

    @api.post("/api/review/undo")
    def undo(request: Request, message: UndoReviewMessage) -> ReviewPersonPayload:
        return reviewing.undo(store, user_of(request), message.review_id)

    @api.post("/api/review/rule")
    def rule(request: Request, message: ReviewRuleMessage) -> ReviewRulePayload:
        wanted = ReviewRule(message.share, message.first)
        with store.transaction() as tx:
            project.set_review(tx, wanted)
        say_more(request, share=wanted.share, first=wanted.first)
        return ReviewRulePayload.of(wanted)

    @api.get("/api/review/own")
    def own(request: Request) -> OwnReviewsPayload:
        """For everybody: what came back of their own labels."""
        with store.reading() as tx:
            return own_told(tx, user_of(request))

    @api.get("/api/review/file")
    def file() -> StreamingResponse:
        """Every review, as CSV."""
        headers = {"content-disposition": 'attachment; filename="reviews.csv"'}
        return StreamingResponse(reviews_as_csv(store), media_type="text/csv; charset=utf-8", headers=headers)

    return api
