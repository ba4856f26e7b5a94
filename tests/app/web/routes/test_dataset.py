"""What goes out of a home and comes into it, over HTTP."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.home.settings import read_settings
from app.web.opened import OpenHome
from app.web.routes.dataset import dataset_routes
from db.store.session import Store


def test_the_export_of_an_empty_home_is_a_page_for_people_and_json_for_programs(
    sqlite_store: Store, tmp_path: Path
) -> None:
    app = FastAPI()
    app.include_router(dataset_routes(OpenHome.of(read_settings(tmp_path, {}), sqlite_store)))
    client = TestClient(app)
    page, data = client.get("/api/export", headers={"accept": "text/html"}), client.get("/api/export")
    assert (page.status_code, data.status_code) == (404, 404)
    assert "There are no labels yet" in page.text and f"--home {tmp_path}" in page.text
    assert data.json()["error"]["code"] == "not_found"
