"""What each annotator did, over HTTP."""

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.home.settings import read_settings
from app.web.opened import OpenHome
from app.web.routes.figures import figures_routes
from db.store.session import Store
from tests.app.labelling.annotating import key


def test_a_lead_sees_who_did_what_in_the_weeks_asked_for(client: TestClient) -> None:
    task = client.get("/api/next").json()
    person = task["persons"][0]
    message = {
        "key": key(), "person_id": person["id"], "revision": person["revision"], "seconds": 9.5,
        "xyv": [[5.0, 6.0, 2.0]] * 17, "touched": [True] * 17,
    }  # fmt: skip
    assert client.post("/api/accept", json=message).status_code == 200
    found = client.get("/api/team/figures", params={"weeks": 2}).json()
    assert len(found["weeks"]) == 2
    (one,) = found["annotators"]
    assert (one["name"], one["all_weeks"]["persons"], one["all_weeks"]["median"]) == ("ann", 1, 9.5)
    assert one["by_week"][-1]["week"] in found["weeks"]
    assert len(client.get("/api/team/figures").json()["weeks"]) == 12
    answer = client.get("/api/team/figures/file", params={"weeks": 2})
    assert answer.headers["content-disposition"] == 'attachment; filename="figures.csv"'
    first, second = answer.text.splitlines()
    assert first.startswith("annotator,week,persons,accepted,timed,seconds,median,starts,untouched,untouched_low")
    assert second.startswith(f"ann,{one['by_week'][-1]['week']},1,1,1,9.5,9.5,0,0,,")


@pytest.mark.parametrize("weeks", ["0", "53", "-1", "1.5", "many", ""])
def test_weeks_that_nobody_can_see_are_refused(weeks: str, client: TestClient) -> None:
    assert client.get("/api/team/figures", params={"weeks": weeks}).status_code == 422
    assert client.get("/api/team/figures/file", params={"weeks": weeks}).status_code == 422


def test_an_empty_home_has_nobody_to_tell_of(sqlite_store: Store, tmp_path: Path) -> None:
    app = FastAPI()
    app.include_router(figures_routes(OpenHome.of(read_settings(tmp_path, {}), sqlite_store)))
    client = TestClient(app)
    assert client.get("/api/team/figures").json() is None
    assert len(client.get("/api/team/figures/file").text.splitlines()) == 1
