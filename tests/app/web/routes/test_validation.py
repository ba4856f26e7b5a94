"""The people whom rounds are measured by, over HTTP."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.home.settings import read_settings
from app.web.opened import OpenHome
from app.web.routes.validation import validation_routes
from db.records import ImageRecord
from db.store.session import Store


def test_a_lead_sees_who_is_kept_and_keeps_some_once(client: TestClient, pool: list[ImageRecord]) -> None:
    before = client.get("/api/validation").json()
    assert (before["persons"], before["offer"], before["button"]) == (0, 3, "Keep 3 people for validation")
    for _ in range(2):
        kept = client.post("/api/validation", json={"persons": before["offer"]}).json()
        assert (kept["persons"], kept["open"]) == (3, 3)
    assert client.get("/api/validation").json() == kept
    assert client.post("/api/validation", json={"persons": 0}).status_code == 422


def test_an_empty_home_has_nothing_to_keep(sqlite_store: Store, tmp_path: Path) -> None:
    app = FastAPI()
    app.include_router(validation_routes(OpenHome.of(read_settings(tmp_path, {}), sqlite_store)))
    assert TestClient(app).get("/api/validation").json() is None
