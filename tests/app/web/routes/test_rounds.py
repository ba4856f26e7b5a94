"""Rounds are launched and listed over HTTP."""

from collections.abc import Callable
from typing import Any

from fastapi.testclient import TestClient

from app.web.opened import OpenHome
from db.clock import utc_now
from db.pool.persons import list_persons
from db.rounds import workers
from db.rounds.workers import Worker
from tests.app.rounds.measured_home import predict


def test_a_round_is_launched_once_and_shown(client: TestClient, home: OpenHome, add_people: Callable[..., Any]) -> None:
    add_people(home.store, labelled=True)
    launched = client.post("/api/rounds", json={"preset": "demo", "config": {"seed": 5}})
    assert (launched.status_code, launched.json()["config"]["seed"]) == (201, 5)
    assert client.get("/api/rounds/1").json() == client.get("/api/rounds").json()["rounds"][0] == launched.json()
    assert home.engine.job_state(1) == "active"
    assert client.get("/api/rounds/1/labels").json() == []
    assert client.post("/api/rounds", json={}).json()["error"]["code"] == "round_active"


def test_what_cannot_be_launched_is_refused_in_words(client: TestClient) -> None:
    nobody, unknown = client.post("/api/rounds", json={}), client.post("/api/rounds", json={"config": {"sed": 1}})
    assert (nobody.status_code, nobody.json()["error"]["code"]) == (409, "cannot_launch")
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (422, "invalid_config")
    assert client.get("/api/rounds/1").status_code == 404


def test_a_round_is_cancelled_gone_on_with_and_deleted(
    client: TestClient, home: OpenHome, add_people: Callable[..., Any]
) -> None:
    assert client.get("/api/rounds/story").json() is None
    add_people(home.store, labelled=True)
    client.post("/api/rounds", json={"preset": "demo"})
    story = client.get("/api/rounds/story").json()
    assert (story["state"], story["cancel"], story["delete"]) == ("queued", "Cancel round 1", None)

    def do(what: str) -> Any:
        return client.post("/api/rounds/1/story", json={"do": what})

    assert do("delete").json()["error"]["message"].startswith("round 1 is queued; wanted one that failed")
    assert do("cancel").json()["state"] == do("cancel").json()["state"] == "cancelled"
    assert do("go on").json()["state"] == "queued"
    assert home.engine.job_state(1, run=2) == "active"
    assert do("go on").status_code == 409
    assert do("cancel").json()["go_on"] == "Resume round 1"
    assert do("delete").json() is None
    assert client.get("/api/rounds/1/story").status_code == 404
    assert client.post("/api/rounds", json={"preset": "demo"}).json()["number"] == 2


def test_without_a_worker_pages_are_told_that_there_was_never_one(client: TestClient) -> None:
    assert client.get("/api/worker").json()["state"] == "never"


def test_a_lead_chooses_what_annotators_begin_from(client: TestClient, home: OpenHome) -> None:
    with home.store.reading() as tx:
        ids = [person.id for person in list_persons(tx)]
    assert client.get("/api/rounds/starts").json()["sources"] == []
    nothing = client.post("/api/rounds/starts", json={"use": "student"})
    assert (nothing.status_code, nothing.json()["error"]["message"][:21]) == (409, "no round is published")
    predict(home.store, ids, lambda _: 1.0)
    chosen = client.post("/api/rounds/starts", json={"use": "imported"}).json()
    assert (chosen["lead"], chosen["sources"][0]["name"], chosen["sources"][0]["in_use"]) == ("ann", "movenet", True)
    assert client.post("/api/rounds/starts", json={"use": "measured"}).json()["lead"] is None


def test_every_worker_is_told(client: TestClient, home: OpenHome) -> None:
    assert client.get("/api/workers").json() == {"words": "No worker runs now.", "workers": []}
    with home.store.transaction() as tx:
        workers.arrive(tx, Worker("gpu-1", "box", 7, "1", utc_now(), device="cuda"))
    (told,) = client.get("/api/workers").json()["workers"]
    assert (told["name"], told["host"], told["state"], told["device"]) == ("gpu-1", "box", "waits", "cuda")
