"""What Prometheus reads, and who may."""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, HTTPException
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from app.web.metrics import Measured, Metrics
from db.clock import utc_now
from db.people import users
from db.rounds import rounds, workers
from db.rounds.workers import Worker
from db.store.session import Store

TOKEN = "a token that nobody guesses"


def figures(metrics: Metrics) -> dict[tuple[str, ...], float]:
    """Every sample by its name and labels."""
    answer = metrics.answer(TOKEN, f"Bearer {TOKEN}")
    text = bytes(answer.body).decode()
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_only_who_names_the_token_reads_them(store: Store) -> None:
    metrics = Metrics(store)
    for wrong in ("", "Bearer", f"Bearer {TOKEN[:-1]}", TOKEN, "Bearer \u00e9"):
        assert metrics.answer(TOKEN, wrong).status_code == 401
    assert metrics.answer(TOKEN, f"Bearer {TOKEN}").status_code == 200


def test_they_count_persons_the_round_and_the_workers_last_sign(store: Store, add_people: Callable[..., Any]) -> None:
    empty = figures(Metrics(store))
    assert not [name for name in empty if name[0] in ("sspcm_persons", "sspcm_worker_seen_seconds")]
    add_people(store, count=3)
    with store.transaction() as tx:
        lead = users.add_user(tx, "lea", "lead", "correct horse")
        launched = rounds.create(tx, config_toml="", user=lead)
        rounds.report_progress(tx, launched.id, stage="train", progress={"step": 20, "steps": 200})
        workers.arrive(tx, Worker("local", "here", 1, "rounds-1", utc_now()))
    metrics = Metrics(store)
    found = figures(metrics)
    assert found["sspcm_persons", "open"] == found["sspcm_images", "open"] == 3
    assert found["sspcm_round_active", "1", "train"] == 1
    assert (found["sspcm_round_steps", "1", "done"], found["sspcm_round_steps", "1", "all"]) == (20, 200)
    assert 0 <= found["sspcm_worker_seen_seconds",] < 10
    assert [found["sspcm_workers", state] for state in ("works", "waits", "silent", "lost")] == [0, 1, 0, 0]
    with store.transaction() as tx:
        rounds.fail(tx, launched.id, "no memory")
    assert figures(metrics).keys() == found.keys(), "the store is read once in a while"
    assert ("sspcm_round_active", "1", "train") not in figures(Metrics(store))


def test_requests_are_counted_by_route_and_never_by_address(store: Store) -> None:
    metrics, app = Metrics(store), FastAPI()

    @app.get("/api/images/{number}")
    def image(number: int) -> int:
        if number > 1:
            raise HTTPException(404)
        return number

    app.add_middleware(Measured, metrics=metrics)
    client = TestClient(app)
    for number in (0, 1, 2):
        client.get(f"/api/images/{number}")
    client.get("/nowhere/at/all")
    found = figures(metrics)
    route = "/api/images/{number}"
    counted = {labels: value for (name, *labels_), value in found.items() if name == "sspcm_request_seconds_count"
               for labels in [tuple(sorted(labels_))]}  # fmt: skip
    assert counted == {
        tuple(sorted(("GET", route, "200"))): 2,
        tuple(sorted(("GET", route, "404"))): 1,
        tuple(sorted(("GET", "other", "404"))): 1,
    }
