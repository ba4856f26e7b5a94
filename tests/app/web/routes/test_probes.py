"""How closely annotators look, over HTTP."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.home.settings import read_settings
from app.web.opened import OpenHome
from app.web.routes.probes import probes_routes
from db.store.session import Store


def test_a_lead_sees_and_sets_how_many_people_get_a_probe(client: TestClient) -> None:
    assert client.get("/api/probes").json() | {"words": ""} == {
        "wrong": 0.02, "empty": 0.05, "words": "", "annotators": [], "missed": [],
    }  # fmt: skip
    changed = client.post("/api/probes", json={"wrong": 0.0, "empty": 0.1}).json()
    assert (changed["wrong"], changed["empty"]) == (0.0, 0.1)
    assert client.get("/api/probes").json() == changed
    refused = client.post("/api/probes", json={"wrong": 0.5, "empty": 0.1})
    assert (refused.status_code, client.get("/api/probes").json()) == (422, changed)
    assert client.post("/api/probes", json={"wrong": 2, "empty": 0.1}).status_code == 422


def test_the_figures_come_as_a_file(client: TestClient) -> None:
    answer = client.get("/api/probes/file")
    assert answer.headers["content-disposition"] == 'attachment; filename="probes.csv"'
    assert answer.text.splitlines() == ["annotator,caught,seen,low,high,without_start,untouched,began_at_start"]


def test_an_empty_home_has_nobody_to_tell_of(sqlite_store: Store, tmp_path: Path) -> None:
    app = FastAPI()
    app.include_router(probes_routes(OpenHome.of(read_settings(tmp_path, {}), sqlite_store)))
    assert TestClient(app).get("/api/probes").json() is None
