"""A simulation over HTTP: asked for, begun, ended, its curve shown."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.home.settings import read_settings
from app.simulation.running import work_on
from app.web.opened import OpenHome
from app.web.routes.simulation import simulation_routes
from db.records import ImageRecord
from db.store.session import Store
from tests.app.simulation.simulated_home import WORKER, give_model, label, stand_in


def test_what_is_missing_refuses_a_question_in_its_words(client: TestClient, pool: list[ImageRecord]) -> None:
    shown = client.get("/api/simulation").json()
    assert (shown["state"], len(pool)) == ("missing", 6)
    refused = client.post("/api/simulation", json={"do": "ask"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "cannot_launch")
    assert "0 people are labelled; wanted 100" in refused.json()["error"]["message"]


def test_it_is_asked_for_begun_and_its_curve_is_a_picture(
    client: TestClient, home: OpenHome, make_label: Callable[..., Any], tmp_path: Path
) -> None:
    label(home.store, home.settings.home, make_label, 110)
    give_model(home.settings.home, tmp_path)
    assert client.post("/api/simulation", json={"do": "ask"}).json()["state"] == "queued"
    assert client.post("/api/simulation", json={"do": "begin"}).status_code == 409
    work_on(home.store, home.settings, 1, "cost", command=stand_in(), worker=WORKER)
    assert client.post("/api/simulation", json={"do": "begin"}).json()["state"] == "queued"
    work_on(home.store, home.settings, 1, "run", command=stand_in(), worker=WORKER)
    assert client.get("/api/simulation").json()["verdict"] == "go on"
    curve = client.get("/api/simulation/1/curve")
    assert (curve.status_code, curve.headers["content-type"]) == (200, "image/svg+xml")
    assert client.get("/api/simulation/2/curve").status_code == 404
    assert client.post("/api/simulation", json={"do": "cancel"}).status_code == 409, "it has ended"


def test_an_empty_home_has_nothing_to_simulate(sqlite_store: Store, tmp_path: Path) -> None:
    app = FastAPI()
    app.include_router(simulation_routes(OpenHome.of(read_settings(tmp_path, {}), sqlite_store)))
    assert TestClient(app).get("/api/simulation").json() is None
