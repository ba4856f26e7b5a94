"""A simulation on the project's own labels: asked for, begun, ended, and what came of it."""

from fastapi import APIRouter, Request, Response

from app.contract.base import IdInAddress
from app.contract.simulation import SimulationMessage, SimulationPayload
from app.simulation import launching
from app.simulation.advising import curve_of, simulation_told
from app.web.noted import say_more
from app.web.opened import OpenHome
from app.web.who import user_of
from db.errors import NotFound
from db.pool.counts import count


def simulation_routes(home: OpenHome) -> APIRouter:
    """What leads call; the guard lets nobody else through."""
    api = APIRouter()

    @api.get("/api/simulation")
    def show() -> SimulationPayload | None:
        """null where nothing was imported yet."""
        with home.store.reading() as tx:
            if not count(tx).images:
                return None
        return simulation_told(home.store, home.settings)

    @api.post("/api/simulation")
    def change(request: Request, message: SimulationMessage) -> SimulationPayload:
        say_more(request, do=message.do)
        if message.do == "ask":
            launching.ask(home.store, home.engine, user_of(request))
        elif message.do == "begin":
            launching.begin(home.store, home.engine)
        else:
            launching.cancel(home.settings.home)
        return simulation_told(home.store, home.settings)

    @api.get("/api/simulation/{number}/curve")
    def curve(number: IdInAddress) -> Response:
        try:
            return Response(curve_of(home.settings.home, number), media_type="image/svg+xml")
        except FileNotFoundError as error:
            raise NotFound(f"{error} Ask for one on the lead's page.") from error

    return api
