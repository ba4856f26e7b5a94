"""The routes behind a guard that takes everybody for ann, on a home of six images of one person each."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from fastapi import FastAPI, Request, Response
from fastapi.testclient import TestClient

from app.home.settings import read_settings
from app.processes.job_engine import prepare
from app.web.opened import OpenHome
from app.web.refusals import REFUSALS, refusal
from app.web.routes.agreement import agreement_routes
from app.web.routes.cameras import camera_routes
from app.web.routes.comparing import comparing_routes
from app.web.routes.dataset import dataset_routes
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
from app.web.routes.unlabelable import unlabelable_routes
from app.web.routes.validation import validation_routes
from db.records import ImageRecord, UserRecord
from db.store.session import Store

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
    probes_routes,
    agreement_routes,
    figures_routes,
    finding_routes,
)


@pytest.fixture
def pool(sqlite_store: Store, add_people: Callable[..., list[ImageRecord]]) -> list[ImageRecord]:
    """The home's images."""
    return add_people(sqlite_store, count=6)


@pytest.fixture
def home(sqlite_store: Store, tmp_path: Path) -> Iterator[OpenHome]:
    """The home, with a job engine that nobody works for."""
    settings = read_settings(tmp_path, {})
    prepare(settings)
    opened = OpenHome.of(settings, sqlite_store)
    yield opened
    opened.engine.close()


@pytest.fixture
def client(home: OpenHome, pool: list[ImageRecord], add_account: Callable[..., UserRecord]) -> Iterator[TestClient]:
    """Whatever ann asks for gets through; the guard has its own tests."""
    ann = add_account(home.store)
    app = FastAPI()
    for routes in ROUTES:
        app.include_router(routes(home))
    for kind, (status, code) in REFUSALS.items():
        app.add_exception_handler(kind, refusal(status, code))

    @app.middleware("http")
    async def sign_in(request: Request, call_next: Callable[..., Response]) -> Response:
        request.scope.setdefault("state", {})["session"] = SimpleNamespace(user=ann, scope=None, token=None)
        return await call_next(request)

    with TestClient(app) as client:
        yield client
