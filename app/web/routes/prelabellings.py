"""Pre-labellings: a pose model is uploaded and run over the pool."""

from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Query, Request

from app.contract.rounds import for_browsers, prelabelling_json
from app.home.model_files import network_name
from app.pool.launching import launch_prelabelling
from app.web.opened import OpenHome
from app.web.who import user_of
from db.rounds import prelabellings

ModelName = Annotated[str, Query(min_length=1, max_length=300)]


def prelabelling_routes(home: OpenHome) -> APIRouter:
    """What leads launch and watch."""
    api = APIRouter()

    def require_room() -> None:
        with home.store.reading() as tx:
            prelabellings.require_none_active(tx)

    @api.post("/api/prelabellings", status_code=201)
    async def prelabel(request: Request, name: ModelName) -> dict[str, Any]:
        """The body is the model's file: streamed, never held in memory, kept under its hash, opened by the worker."""
        model = network_name(name)
        await to_thread.run_sync(require_room)
        sha256 = await home.models.put(request.stream(), name=model)
        user = user_of(request)
        launched = await to_thread.run_sync(
            lambda: launch_prelabelling(home.store, home.engine, model=model, sha256=sha256, user=user)
        )
        return prelabelling_json(launched)

    @api.get("/api/prelabellings/latest")
    def latest_prelabelling() -> dict[str, Any]:
        with home.store.reading() as tx:
            newest = prelabellings.latest(tx)
        return {"prelabelling": for_browsers(prelabelling_json(newest)) if newest else None}

    return api
