"""The web server: the guard in front, the editor's routes, Gradio's pages behind."""

import logging
import os
import signal
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import NoReturn

import gradio as gr
import uvicorn
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from gradio.route_utils import FnIndexInferError
from starlette.exceptions import HTTPException
from starlette.routing import Mount

from app.deletion.files import sweep
from app.home.failures import TRY_AGAIN_AFTER_S
from app.home.logs import set_up_logs
from app.home.settings import Settings
from app.team.first_lead import announce_first_lead
from app.web.connections import server_options
from app.web.entrance import entrance_routes
from app.web.event_words import EventWords
from app.web.guard import Guard
from app.web.guests import Guests
from app.web.json_bodies import JsonBodies
from app.web.metrics import Measured, Metrics
from app.web.noted import Noted
from app.web.opened import OpenHome
from app.web.pages.annotate import annotate_page
from app.web.pages.cameras import cameras_page
from app.web.pages.lead import lead_page
from app.web.pages.look import THEME, THEME_CSS
from app.web.pages.review import review_page
from app.web.pages.sheet import sheet_page
from app.web.pages.team import team_page
from app.web.readiness import Readiness, look_at, worker_heard_of
from app.web.refusals import (
    REFUSALS,
    refusal,
    say_half_a_character,
    say_what_http_means,
    say_what_was_invalid,
    say_which_event,
)
from app.web.routes.account import account_routes
from app.web.routes.agreement import agreement_routes
from app.web.routes.cameras import camera_routes
from app.web.routes.comparing import comparing_routes
from app.web.routes.dataset import dataset_routes
from app.web.routes.deletion import deletion_routes
from app.web.routes.figures import figures_routes
from app.web.routes.findings import finding_routes
from app.web.routes.images import image_routes
from app.web.routes.labelling import labelling_routes
from app.web.routes.order import order_routes
from app.web.routes.prelabellings import prelabelling_routes
from app.web.routes.probes import probes_routes
from app.web.routes.review import review_routes
from app.web.routes.rounds import round_routes
from app.web.routes.sheet import sheet_routes
from app.web.routes.simulation import simulation_routes
from app.web.routes.team import team_routes
from app.web.routes.unlabelable import unlabelable_routes
from app.web.routes.validation import validation_routes
from app.web.routes.work import work_routes
from app.web.who import user_of
from db.errors import NotFound, StoreBusy
from db.pool import project
from db.records import Role
from db.store.session import Store, open_store

STATIC = Path(__file__).resolve().parents[2] / "static"
SERVED = ("cameras", "editor", "header", "lead", "login", "review", "shared", "sheet", "team")
"""Not the whole folder: the demo's truth lies there too."""
FIRST_PAGES: dict[Role, str] = {"lead": "/lead/", "reviewer": "/review/", "annotator": "/annotate/"}
"""Where one comes in. A reviewer's first page holds no image: the editor's would keep one from those who label."""
ROUTES = (
    labelling_routes,
    image_routes,
    sheet_routes,
    review_routes,
    comparing_routes,  # before the rounds' own, which take any word after /api/rounds/ for a number
    round_routes,
    prelabelling_routes,
    camera_routes,
    dataset_routes,
    validation_routes,
    order_routes,
    unlabelable_routes,
    simulation_routes,
    finding_routes,
    account_routes,
    team_routes,
    figures_routes,
    probes_routes,
    work_routes,
    agreement_routes,
    deletion_routes,
)
"""The routes that are not Gradio's, a subject each."""


def serve(settings: Settings) -> None:
    """Run the server until it is told to stop. Does not return from SIGTERM: the process ends with 0."""
    signal.signal(signal.SIGTERM, end_well)  # uvicorn stops first, then raises the signal again
    set_up_logs(settings.log_format)
    with closing(open_store(settings.database_url)) as store:
        announce_first_lead(store, settings)
        sweep(store, settings)
    uvicorn.run(create_app(settings), **server_options(settings))


def end_well(_number: int, _frame: FrameType | None) -> NoReturn:
    """Ended because it was told to: for whoever watches the process that is no failure.

    At once: SystemExit would be swallowed where the signal comes while an object is thrown away, and nothing is left to
    do. Uvicorn has stopped, or has not begun; what the store holds survives any end.
    """
    logging.shutdown()
    os._exit(0)


def create_app(settings: Settings) -> FastAPI:
    """The whole application on one home. The store must be migrated, GRADIO_ENVIRONMENT set before the import."""
    os.environ.setdefault("GRADIO_TEMP_DIR", str(settings.home / "gradio"))
    store = open_store(settings.database_url)
    home = OpenHome.of(settings, store)
    app, metrics = FastAPI(docs_url=None, redoc_url=None, openapi_url=None), Metrics(store)
    _add_small_routes(app, store, settings)
    _add_metrics(app, metrics, settings.metrics_token)
    app.include_router(entrance_routes(store, settings))
    for routes in ROUTES:
        app.include_router(routes(home))
    for part in SERVED:
        app.mount(f"/assets/{part}", StaticFiles(directory=STATIC / part))
    for kind, (status, code) in REFUSALS.items():
        app.add_exception_handler(kind, refusal(status, code))
    app.add_exception_handler(StoreBusy, _pass_on)  # a StoreError, but not its 409
    app.add_exception_handler(RequestValidationError, say_what_was_invalid)
    app.add_exception_handler(HTTPException, say_what_http_means)
    name = _project_name(store)
    app = _mount(app, annotate_page(name), "/annotate")
    app = _mount(app, lead_page(store, home.engine, name, settings), "/lead")
    app = _mount(app, cameras_page(name), "/cameras")
    app = _mount(app, sheet_page(name), "/sheet")
    app = _mount(app, review_page(name), "/review")
    app = _mount(app, team_page(name), "/team")
    for route in app.routes:
        # Gradio's pages are applications of their own, which would answer for their errors without the guard's words.
        if isinstance(route, Mount) and isinstance(route.app, FastAPI):
            route.app.add_exception_handler(Exception, _pass_on)
            for kind in (KeyError, FnIndexInferError):
                route.app.add_exception_handler(kind, say_which_event)
            route.app.add_exception_handler(UnicodeEncodeError, say_half_a_character)
            route.app.add_exception_handler(HTTPException, say_what_http_means)
            route.app.add_exception_handler(RequestValidationError, say_what_was_invalid)
    app.add_middleware(CORSMiddleware, allow_origins=[])
    app.add_middleware(EventWords)
    app.add_middleware(JsonBodies)
    app.add_middleware(Measured, metrics=metrics)
    app.add_middleware(Noted, store=store)  # behind the guard, which knows who asks
    guests = Guests(store, idle=timedelta(hours=settings.idle_hours))
    # added last: it stands in front
    app.add_middleware(Guard, settings=settings, find_session=guests.by_cookie, find_token=guests.by_token)
    return app


def _mount(app: FastAPI, blocks: gr.Blocks, path: str) -> FastAPI:
    blocks.queue(api_open=False, max_size=500)  # no handler of ours is queued, but Gradio starts one anyway
    # An idle queue looks for work every millisecond: measured, two mounts took 7 to 11 % of a core, and 1.4 % so.
    blocks._queue.sleep_when_free = 0.02
    blocks._queue.progress_update_sleep_when_free = 0.1
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        blocks,
        path=path,
        auth_dependency=lambda request: user_of(request).name,
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size="1mb",
        mcp_server=False,
        ssr_mode=False,
        theme=THEME,
        css=THEME_CSS,
    )
    return mounted


def _project_name(store: Store) -> str:
    with store.reading() as tx:
        try:
            return project.get_project(tx).name
        except NotFound:
            return "Pose labelling"


def _add_small_routes(app: FastAPI, store: Store, settings: Settings) -> None:
    readiness, worker = Readiness(look_at(store, settings.home)), Readiness(lambda: worker_heard_of(store))

    @app.api_route("/healthz", methods=["GET", "HEAD"])
    async def healthz() -> PlainTextResponse:
        """The process lives: nothing else is asked, so that a store that is away ends no server."""
        return PlainTextResponse("ok")

    @app.api_route("/readyz", methods=["GET", "HEAD"])
    async def readyz() -> PlainTextResponse:
        """It can do its work: a balancer sends people elsewhere meanwhile."""
        trouble = await readiness.trouble()
        if trouble is None:
            return PlainTextResponse(f"ready; {await worker.trouble()}")
        return PlainTextResponse(f"not ready: {trouble}", 503, headers={"retry-after": str(TRY_AGAIN_AFTER_S)})

    @app.get("/manifest.json")
    def manifest() -> JSONResponse:
        return JSONResponse({"name": "Pose labelling", "icons": []})

    @app.get("/favicon.ico")
    def favicon() -> Response:
        return Response(status_code=204)

    @app.api_route("/", methods=["GET", "HEAD"])
    def home(request: Request) -> RedirectResponse:
        return RedirectResponse(FIRST_PAGES[user_of(request).role], 303)


def _add_metrics(app: FastAPI, metrics: Metrics, token: str | None) -> None:
    @app.get("/metrics")
    def figures(request: Request) -> Response:
        """For Prometheus; where no token is set, there is no such page."""
        if token is None:
            raise HTTPException(404)
        return metrics.answer(token, request.headers.get("authorization", ""))


def _pass_on(_request: Request, error: Exception) -> Response:
    """To the guard, which has words and headers for it."""
    raise error
