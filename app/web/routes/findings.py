"""What checks of labels suspect: labels checked anew, and suspicious ones called right."""

from fastapi import APIRouter, Request

from app.contract.base import IdInAddress
from app.contract.sheet import LabelChecksPayload
from app.label_checks.checking import check_labels
from app.label_checks.told import checks_told
from app.web.noted import say_more
from app.web.opened import OpenHome
from app.web.who import user_of
from db.clock import utc_now
from db.labelling import findings


def finding_routes(home: OpenHome) -> APIRouter:
    """What leads call; the guard lets nobody else through."""
    api = APIRouter()

    @api.get("/api/findings")
    def show() -> LabelChecksPayload:
        with home.store.reading() as tx:
            return checks_told(tx)

    @api.post("/api/findings")
    def check(request: Request) -> LabelChecksPayload:
        """Check all labels now; it takes some seconds for some thousand labels."""
        done = check_labels(home.store, asked_by=user_of(request).name)
        say_more(request, labels=done.people, suspicions=done.found)
        with home.store.reading() as tx:
            return checks_told(tx)

    @api.post("/api/findings/{finding_id}/right")
    def call_right(request: Request, finding_id: IdInAddress) -> LabelChecksPayload:
        """The label is right as it is: this suspicion does not come back."""
        with home.store.transaction() as tx:
            found = findings.call_right(tx, finding_id, user_of(request), now=utc_now())
            say_more(request, person=found.person_id, kind=found.kind)
            return checks_told(tx)

    return api
