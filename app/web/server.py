"""The web server: the guard in front, the editor's routes, Gradio's pages behind."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
import uvicorn
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.routing import Mount

from app.dataset.importing import ImportFailed
from app.home.image_files import ImageFiles
from app.home.model_files import ModelFileError, ModelFiles
from app.home.settings import Settings
from app.processes.job_engine import Engine
from app.rounds.errors import LearningError
from app.sheet.thumbs import Thumbs
from app.web.connections import server_options
from app.web.entrance import entrance_routes
from app.web.failures import TRY_AGAIN_AFTER_S
from app.web.guard import Guard
from app.web.pages.annotate import annotate_page
from app.web.pages.cameras import cameras_page
from app.web.pages.lead import lead_page
from app.web.pages.look import THEME, THEME_CSS
from app.web.pages.sheet import sheet_page
from app.web.readiness import Readiness, look_at
from app.web.refusal_pages import refuse
from app.web.routes.labelling import annotator_routes, lead_routes, user_of
from app.web.routes.sheet import sheet_routes
from db.clock import utc_now
from db.errors import InvalidDecision, LeaseLost, NotFound, RevisionConflict, RoundActive, StoreBusy, StoreError
from db.people import users
from db.pool import project
from db.records import SessionRecord
from db.store.session import Store, open_store
from sspcm.config import ConfigError
from sspcm.pose import PoseError

STATIC = Path(__file__).resolve().parents[2] / "static"
SERVED = ("cameras", "editor", "header", "lead", "login", "shared", "sheet")
"""Not the whole folder: the demo's truth lies there too."""

REFUSALS: dict[type[Exception], tuple[int, str]] = {
    LeaseLost: (409, "lease_lost"),
    RevisionConflict: (409, "revision_conflict"),
    RoundActive: (409, "round_active"),
    NotFound: (404, "not_found"),
    InvalidDecision: (422, "invalid"),
    PoseError: (422, "invalid"),
    ConfigError: (422, "invalid_config"),
    LearningError: (409, "cannot_launch"),
    ModelFileError: (422, "invalid_model"),
    ImportFailed: (422, "not_taken"),
    StoreError: (409, "refused"),
}


def serve(settings: Settings) -> None:
    """Run the server until it is told to stop."""
    uvicorn.run(create_app(settings), **server_options(settings))


def create_app(settings: Settings) -> FastAPI:
    """The whole application on one home. The store must be migrated, GRADIO_ENVIRONMENT set before the import."""
    os.environ.setdefault("GRADIO_TEMP_DIR", str(settings.home / "gradio"))
    store = open_store(settings.database_url)
    engine = Engine(settings)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    _add_small_routes(app, store, settings)
    app.include_router(entrance_routes(store, settings))
    app.include_router(annotator_routes(store, ImageFiles(settings.home), settings))
    app.include_router(lead_routes(store, engine, ImageFiles(settings.home), ModelFiles(settings.home), settings))
    app.include_router(sheet_routes(store, Thumbs(settings.home)))
    for part in SERVED:
        app.mount(f"/assets/{part}", StaticFiles(directory=STATIC / part))
    for kind, (status, code) in REFUSALS.items():
        app.add_exception_handler(kind, _refusal(status, code))
    app.add_exception_handler(StoreBusy, _pass_on)
    app.add_exception_handler(RequestValidationError, _say_what_was_invalid)
    app.add_exception_handler(HTTPException, _say_what_http_means)
    name = _project_name(store)
    app = _mount(app, annotate_page(name), "/annotate")
    app = _mount(app, lead_page(store, engine, name, settings), "/lead")
    app = _mount(app, cameras_page(name), "/cameras")
    app = _mount(app, sheet_page(name), "/sheet")
    for route in app.routes:
        if isinstance(route, Mount) and isinstance(route.app, FastAPI):
            route.app.add_exception_handler(Exception, _pass_on)
    app.add_middleware(CORSMiddleware, allow_origins=[])
    app.add_middleware(Guard, settings=settings, find_session=_finder(store))
    return app


def _mount(app: FastAPI, blocks: gr.Blocks, path: str) -> FastAPI:
    blocks.queue(api_open=False, max_size=500)
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


def _finder(store: Store) -> Callable[[str], SessionRecord | None]:
    def find(token: str) -> SessionRecord | None:
        with store.reading() as tx:
            return users.session_of(tx, token, now=utc_now())

    return find


def _project_name(store: Store) -> str:
    with store.reading() as tx:
        try:
            return project.get_project(tx).name
        except NotFound:
            return "Pose labelling"


def _add_small_routes(app: FastAPI, store: Store, settings: Settings) -> None:
    readiness = Readiness(look_at(store, settings.home))

    @app.api_route("/healthz", methods=["GET", "HEAD"])
    async def healthz() -> PlainTextResponse:
        """The process lives: nothing else is asked, so that a store that is away ends no server."""
        return PlainTextResponse("ok")

    @app.api_route("/readyz", methods=["GET", "HEAD"])
    async def readyz() -> PlainTextResponse:
        """It can do its work: a balancer sends people elsewhere meanwhile."""
        trouble = await readiness.trouble()
        if trouble is None:
            return PlainTextResponse("ready")
        return PlainTextResponse(f"not ready: {trouble}", 503, headers={"retry-after": str(TRY_AGAIN_AFTER_S)})

    @app.get("/manifest.json")
    def manifest() -> JSONResponse:
        return JSONResponse({"name": "Pose labelling", "icons": []})

    @app.get("/favicon.ico")
    def favicon() -> Response:
        return Response(status_code=204)

    @app.api_route("/", methods=["GET", "HEAD"])
    def home(request: Request) -> RedirectResponse:
        return RedirectResponse("/lead/" if user_of(request).role == "lead" else "/annotate/", 303)


def _refusal(status: int, code: str) -> Callable[[Request, Exception], Response]:
    def answer(request: Request, error: Exception) -> Response:
        return refuse(request.scope, status, code, str(error))

    return answer


def _say_what_http_means(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return refuse(request.scope, error.status_code, "http", _http_words(request, error), headers=error.headers)


def _http_words(request: Request, error: HTTPException) -> str:
    said = str(error.detail).rstrip(".")
    match error.status_code:
        case 400:
            return f"the request could not be read: {said}. Send the body whole; where JSON is taken, as UTF-8."
        case 404:
            return f"nothing is at {request.url.path!r:.300}. Check the address for a misprint."
        case 405:
            takes = Headers(error.headers).get("allow", "another method")
            return f"{request.method} is not what {request.url.path!r:.300} takes; it takes {takes}."
        case 408 | 413:  # of `bounded`, a message already
            return str(error.detail)
        case _:
            return f"the request was refused: {said}. Check the address and the method."


def _pass_on(_request: Request, error: Exception) -> Response:
    """To the guard, which has words and headers for it."""
    raise error


def _say_what_was_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problems: list[Any] = list(error.errors())
    said = "; ".join(f"{'.'.join(str(part) for part in p['loc'])}: {p['msg']}" for p in problems[:3])
    return refuse(request.scope, 422, "invalid", f"the request does not fit the contract: {said}. Reload the page.")
