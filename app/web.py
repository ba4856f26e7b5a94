"""The web server: the guard in front, the editor's routes, Gradio's pages behind."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
import uvicorn
from fastapi import FastAPI, Form, Request
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from app.api import annotator_routes, error_answer, lead_routes, user_of
from app.engine import Engine
from app.files import ImageFiles
from app.guard import Guard, cookie_name
from app.learning import LearningError
from app.model_files import ModelFileError, ModelFiles
from app.pages.annotate import annotate_page
from app.pages.cameras import cameras_page
from app.pages.lead import lead_page
from app.pages.look import THEME, THEME_CSS
from app.pages.sheet import sheet_page
from app.settings import Settings
from app.sheet_api import sheet_routes
from app.signing_in import Throttle, login_page
from app.thumbs import Thumbs
from db import project, users
from db.clock import utc_now
from db.errors import InvalidDecision, LeaseLost, NotFound, RevisionConflict, RoundActive, StoreBusy, StoreError
from db.records import SessionRecord
from db.session import Store, open_store
from sspcm.config import ConfigError
from sspcm.pose import PoseError

STATIC = Path(__file__).resolve().parents[1] / "static"
SERVED = ("cameras", "editor", "header", "lead", "login", "sheet")
"""Not the whole folder: the demo's truth lies there too."""

STOPPED_AFTER_S = 3
"""Requests under way when the server is told to stop get this long."""

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
    StoreBusy: (503, "busy"),
    StoreError: (409, "refused"),
}


def serve(settings: Settings) -> None:
    """Run the server until it is told to stop."""
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=STOPPED_AFTER_S,
    )


def create_app(settings: Settings) -> FastAPI:
    """The whole application on one home. The store must be migrated, GRADIO_ENVIRONMENT set before the import."""
    os.environ.setdefault("GRADIO_TEMP_DIR", str(settings.home / "gradio"))
    store = open_store(settings.database_url)
    engine = Engine(settings)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    _add_entrance(app, store, settings)
    app.include_router(annotator_routes(store, ImageFiles(settings.home), settings))
    app.include_router(lead_routes(store, engine, ImageFiles(settings.home), ModelFiles(settings.home), settings))
    app.include_router(sheet_routes(store, Thumbs(settings.home)))
    for part in SERVED:
        app.mount(f"/assets/{part}", StaticFiles(directory=STATIC / part))
    for kind, (status, code) in REFUSALS.items():
        app.add_exception_handler(kind, _refusal(status, code))
    app.add_exception_handler(RequestValidationError, _say_what_was_invalid)
    app.add_exception_handler(HTTPException, _say_what_http_means)
    app.add_exception_handler(Exception, _own_up)
    name = _project_name(store)
    app = _mount(app, annotate_page(name), "/annotate")
    app = _mount(app, lead_page(store, engine, name, settings), "/lead")
    app = _mount(app, cameras_page(name), "/cameras")
    app = _mount(app, sheet_page(name), "/sheet")
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


def _add_entrance(app: FastAPI, store: Store, settings: Settings) -> None:
    throttle = Throttle()

    @app.get("/healthz")
    def healthz() -> PlainTextResponse:
        return PlainTextResponse("ok")

    @app.get("/manifest.json")
    def manifest() -> JSONResponse:
        return JSONResponse({"name": "Pose labelling", "icons": []})

    @app.get("/favicon.ico")
    def favicon() -> Response:
        return Response(status_code=204)

    @app.get("/")
    def home(request: Request) -> RedirectResponse:
        return RedirectResponse("/lead/" if user_of(request).role == "lead" else "/annotate/", 303)

    @app.get("/login")
    def login(next: str = "") -> HTMLResponse:
        return HTMLResponse(login_page(next_page=next))

    @app.post("/login")
    def sign_in(request: Request, name: str = Form(""), password: str = Form(""), next: str = Form("")) -> Response:
        address = request.client.host if request.client else ""
        wait = throttle.admit(name, address)
        if wait > 0:
            problem = f"Too many wrong passwords for this name. Wait {wait:.0f} s, then try again."
            return HTMLResponse(login_page(name=name, next_page=next, problem=problem), 429)
        with store.reading() as tx:  # hashing a password takes long: nobody else's write waits for it
            user = users.authenticate(tx, name, password)
        if user is None:
            problem = "That name and password do not belong together. Check both; capitals count in the password."
            return HTMLResponse(login_page(name=name, next_page=next, problem=problem), 401)
        throttle.forget(name, address)
        with store.transaction() as tx:
            token, _ = users.open_session(tx, user, now=utc_now(), hours=settings.session_hours)
        answer = RedirectResponse(_own_page(next), 303)
        answer.set_cookie(
            cookie_name(settings),
            token,
            max_age=int(settings.session_hours * 3600),
            httponly=True,
            samesite="lax",
            secure=settings.secure_cookies,
        )
        return answer

    @app.post("/logout")
    def sign_out(request: Request) -> RedirectResponse:
        token = request.cookies.get(cookie_name(settings))
        if token:
            with store.transaction() as tx:
                users.close_session(tx, token)
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(cookie_name(settings), httponly=True, samesite="lax", secure=settings.secure_cookies)
        return answer


def _own_page(wanted: str) -> str:
    """Where to go after signing in: a page of ours, never another site's."""
    # Browsers leave out tabs and line ends, so "/\t/evil.example" would be "//evil.example".
    inside = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if inside else "/"


def _refusal(status: int, code: str) -> Callable[[Request, Exception], Response]:
    def answer(_request: Request, error: Exception) -> Response:
        return error_answer(status, code, str(error))

    return answer


def _say_what_http_means(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return error_answer(error.status_code, "http", f"this address answers: {error.detail}. Check it and the method.")


def _own_up(_request: Request, _error: Exception) -> Response:
    """Whatever nobody foresaw: the trace goes to the server's log, not to the browser."""
    return error_answer(500, "server_error", "the server failed at this; nothing was changed. Try again in a moment.")


def _say_what_was_invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problems: list[Any] = list(error.errors())
    said = "; ".join(f"{'.'.join(str(part) for part in p['loc'])}: {p['msg']}" for p in problems[:3])
    return error_answer(422, "invalid", f"the request does not fit the contract: {said}. Reload the page.")
