"""How closely annotators look, for leads, and how many people get a probe."""

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from app.contract.probes import ProbesPayload, SetProbesMessage
from app.team.probes import looked_as_csv, probes_told, set_probes
from app.web.opened import OpenHome
from app.web.who import session_of
from db.labelling.probes import Shares
from db.people.audit import Actor
from db.pool.project import project_uuid


def probes_routes(home: OpenHome) -> APIRouter:
    """What leads call; the guard lets nobody else through."""
    api = APIRouter()

    @api.get("/api/probes")
    def show() -> ProbesPayload | None:
        """null before there is a project."""
        with home.store.reading() as tx:
            return None if project_uuid(tx) is None else probes_told(tx)

    @api.post("/api/probes")
    def change(request: Request, message: SetProbesMessage) -> ProbesPayload:
        set_probes(home.store, Actor.of(session_of(request)), Shares(message.wrong, message.empty))
        with home.store.reading() as tx:
            return probes_told(tx)

    @api.get("/api/probes/file")
    def file() -> StreamingResponse:
        """The figures of each annotator, as CSV."""
        headers = {"content-disposition": 'attachment; filename="probes.csv"'}
        told = show()
        lines = looked_as_csv(told.annotators if told else [])
        return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)

    return api
