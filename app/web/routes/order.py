"""What the queue is ordered by, and how well."""

from fastapi import APIRouter

from app.contract.rounds import OrderPayload
from app.rounds.order_told import order_told
from app.web.kept_answer import KeptAnswer
from app.web.opened import OpenHome
from db.pool.counts import count
from db.pool.project import get_project
from db.rounds import evidence

AGAIN_AFTER_S = 60.0
"""Labels come one after the other: the figures are drawn anew so often by at most."""


def order_routes(home: OpenHome) -> APIRouter:
    """What leads call; the guard lets nobody else through."""
    api = APIRouter()
    kept: KeptAnswer[OrderPayload] = KeptAnswer(again_after_s=AGAIN_AFTER_S)

    @api.get("/api/order")
    def show() -> OrderPayload | None:
        """null where nothing was imported yet."""
        with home.store.reading() as tx:
            if not count(tx).images:
                return None
            project, mark = get_project(tx), evidence.mark(tx)
            chosen = (project.uuid, project.starts.source, project.published_round)
            return kept.now(lambda: order_told(tx, home.settings.home), chosen=chosen, mark=mark)

    return api
