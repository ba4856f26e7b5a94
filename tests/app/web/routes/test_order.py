"""What the queue is ordered by, over HTTP."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.home.settings import read_settings
from app.web.opened import OpenHome
from app.web.routes.order import order_routes
from db.records import ImageRecord
from db.store.session import Store


def test_a_lead_is_told_what_comes_first(client: TestClient, pool: list[ImageRecord]) -> None:
    told = client.get("/api/order").json()
    assert (told["goes_by"], told["figures"]) == ("unlike", [])


def test_an_empty_home_has_no_order(sqlite_store: Store, tmp_path: Path) -> None:
    app = FastAPI()
    app.include_router(order_routes(OpenHome.of(read_settings(tmp_path, {}), sqlite_store)))
    assert TestClient(app).get("/api/order").json() is None
