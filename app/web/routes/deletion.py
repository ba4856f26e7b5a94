"""Images and persons deleted for good by a lead, who is told before what goes."""

from fastapi import APIRouter, Request

from app.contract.base import IdInAddress
from app.contract.deletion import (
    DeletedPayload,
    DeleteMessage,
    DeletionPayload,
    TombstonePayload,
    TombstonesPayload,
)
from app.deletion import deleting, saying
from app.web.opened import OpenHome
from app.web.who import session_of
from db.errors import InvalidDecision
from db.people.audit import Actor
from db.pool import tombstones
from db.records import DeletedKind


def deletion_routes(home: OpenHome) -> APIRouter:
    """What leads call; the guard lets nobody else through."""
    api = APIRouter()
    store, settings = home.store, home.settings

    @api.get("/api/deletion/{kind}/{number}")
    def show(kind: DeletedKind, number: IdInAddress) -> DeletionPayload:
        """Changes nothing."""
        goes = deleting.look(store, settings, kind, number)
        return DeletionPayload(
            kind=kind,
            id=number,
            title=saying.title(goes),
            goes=list(saying.what_goes(goes)),
            holds=list(saying.what_holds_it(goes)),
            stays=list(saying.what_stays()),
            blocked=goes.blocked,
            images=list(goes.target.images),
        )

    @api.post("/api/deletion")
    def delete(request: Request, message: DeleteMessage) -> DeletedPayload:
        goes = deleting.look(store, settings, message.kind, message.id)
        if list(goes.target.images) != message.images:
            raise InvalidDecision("other images of the same bytes came in meanwhile. Look again at what goes.")
        actor = Actor.of(session_of(request))
        done = deleting.delete(store, settings, goes, actor=actor, why=message.why)
        return DeletedPayload(title=saying.title(goes), trouble=list(done.trouble))

    @api.get("/api/deleted")
    def list_deleted() -> TombstonesPayload:
        with store.reading() as tx:
            return TombstonesPayload(deleted=[_told(one) for one in tombstones.tombstones(tx)])

    @api.post("/api/deleted/{number}/allow")
    def allow(request: Request, number: IdInAddress) -> TombstonePayload:
        return _told(deleting.allow(store, number, actor=Actor.of(session_of(request))))

    return api


def _told(one: tombstones.Tombstone) -> TombstonePayload:
    return TombstonePayload(
        id=one.id,
        kind=one.kind,
        digest=one.digest,
        at=one.at.isoformat(),
        by=one.by,
        why=one.why,
        allowed_at=one.allowed_at.isoformat() if one.allowed_at else None,
        allowed_by=one.allowed_by,
    )
