"""Work: given to people, taken back, and how much of it is left."""

from fastapi import APIRouter, Request

from app.contract.base import IdInAddress
from app.contract.work import GiveWorkMessage, TakeAllWorkMessage, TakeWorkMessage, WorkPayload
from app.team import work
from app.web.opened import OpenHome
from app.web.who import session_of
from db.people.audit import Actor


def work_routes(home: OpenHome) -> APIRouter:
    """What leads call; the guard lets nobody else through."""
    api = APIRouter()
    store = home.store

    @api.get("/api/work")
    def show() -> WorkPayload:
        return told()

    @api.post("/api/work")
    def give(request: Request, message: GiveWorkMessage) -> WorkPayload:
        actor = Actor.of(session_of(request))
        return told(work.give(store, actor, message.people, message.cameras, message.part))

    @api.post("/api/work/take")
    def take_all(request: Request, message: TakeAllWorkMessage) -> WorkPayload:
        return told(work.take_all(store, Actor.of(session_of(request)), message.person))

    @api.post("/api/work/{work_id}/take")
    def take(request: Request, work_id: IdInAddress, message: TakeWorkMessage) -> WorkPayload:
        return told(work.take(store, Actor.of(session_of(request)), work_id, message.person))

    def told(said: str = "") -> WorkPayload:
        with store.reading() as tx:
            return work.work_told(tx, said)

    return api
