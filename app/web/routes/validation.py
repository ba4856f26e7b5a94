"""The people whom rounds are measured by."""

from fastapi import APIRouter, Request

from app.contract.rounds import KeepMessage, ValidationPayload
from app.pool.validation import keep_share
from app.rounds.validation_told import validation_told
from app.web.noted import say_more
from app.web.opened import OpenHome
from db.pool.counts import count


def validation_routes(home: OpenHome) -> APIRouter:
    """What leads call; the guard lets nobody else through."""
    api = APIRouter()

    @api.get("/api/validation")
    def show() -> ValidationPayload | None:
        """null where nothing was imported yet."""
        with home.store.reading() as tx:
            return validation_told(tx) if count(tx).images else None

    @api.post("/api/validation")
    def keep(request: Request, message: KeepMessage) -> ValidationPayload | None:
        """Sent twice, the second changes nothing: the number is how many there shall be."""
        say_more(request, persons=message.persons)
        keep_share(home.store, share=0.0, at_least=message.persons)
        return show()

    return api
