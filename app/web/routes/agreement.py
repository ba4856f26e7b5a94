"""How people agree who labelled the same persons, for leads."""

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from app.contract.agreement import AgreementPayload, ChangeAgreementMessage
from app.team import agreement
from app.team.agreement import agreement_as_csv, agreement_told
from app.web.opened import OpenHome
from app.web.who import session_of
from db.errors import InvalidDecision
from db.people.audit import Actor
from db.pool.project import project_uuid


def agreement_routes(home: OpenHome) -> APIRouter:
    """What leads call; the guard lets nobody else through."""
    api = APIRouter()

    @api.get("/api/agreement")
    def show() -> AgreementPayload | None:
        """null before there is a project."""
        with home.store.reading() as tx:
            return None if project_uuid(tx) is None else agreement_told(tx)

    @api.post("/api/agreement")
    def change(request: Request, message: ChangeAgreementMessage) -> AgreementPayload:
        actor = Actor.of(session_of(request))
        if message.do == "adopt":
            agreement.adopt(home.store, actor)
        elif message.do == "take_back":
            agreement.take_back(home.store, actor)
        elif message.twice is None:
            raise InvalidDecision("no share is given; wanted one, as in 0.05. 0 switches it off.")
        else:
            agreement.set_share(home.store, actor, message.twice)
        with home.store.reading() as tx:
            return agreement_told(tx)

    @api.get("/api/agreement/file")
    def file() -> StreamingResponse:
        """The figures of each keypoint, as CSV."""
        told = show()
        headers = {"content-disposition": 'attachment; filename="agreement.csv"'}
        lines = agreement_as_csv(told.keypoints if told else [])
        return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)

    return api
