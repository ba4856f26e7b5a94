"""How people agree, over HTTP."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.home.settings import read_settings
from app.web.opened import OpenHome
from app.web.routes.agreement import agreement_routes
from db.store.session import Store


def test_a_lead_sees_what_is_missing_and_sets_the_share(client: TestClient) -> None:
    found = client.get("/api/agreement").json()
    assert (found["twice"], found["persons"], found["missing"], found["can_adopt"]) == (0.05, 0, 30, False)
    assert client.post("/api/agreement", json={"do": "share", "twice": 0.1}).json()["twice"] == 0.1
    for wrong in (
        {"do": "share"},
        {"do": "share", "twice": 0.9},
        {"do": "adopt"},
        {"do": "take_back"},
        {"do": "dance"},
    ):
        assert client.post("/api/agreement", json=wrong).status_code == 422
    assert client.get("/api/agreement").json()["twice"] == 0.1


def test_the_figures_come_as_a_file(client: TestClient) -> None:
    answer = client.get("/api/agreement/file")
    assert answer.headers["content-disposition"] == 'attachment; filename="agreement.csv"'
    first, second, *_ = answer.text.splitlines()
    assert first.startswith("keypoint,persons,oks,visibility_kappa,sigma_now,sigma,low,high,alike,jitter,swap")
    assert second == "nose,0,,,0.026,,,,0,0,0,0,0,0,0"


def test_an_empty_home_has_nobody_to_tell_of(sqlite_store: Store, tmp_path: Path) -> None:
    app = FastAPI()
    app.include_router(agreement_routes(OpenHome.of(read_settings(tmp_path, {}), sqlite_store)))
    assert TestClient(app).get("/api/agreement").json() is None
