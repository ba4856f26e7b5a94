"""People whom nobody can label, over HTTP."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.home.settings import read_settings
from app.web.opened import OpenHome
from app.web.routes.unlabelable import unlabelable_routes
from db.clock import utc_now
from db.labelling import leases, queue
from db.people import users
from db.pool import images
from db.records import ImageRecord, NewImage, NewPerson
from db.store.session import Store
from sspcm.pose import Box


def test_a_lead_skips_them_all_and_takes_it_back(client: TestClient, pool: list[ImageRecord], home: OpenHome) -> None:
    assert client.get("/api/unlabelable").json()["people"] == 0
    with home.store.transaction() as tx:
        small = [NewPerson(Box(9, 9, 20, 30))] * 2
        images.add_image(tx, NewImage("cd" * 32, "small.jpg", 640, 480, "hall", 99), small)
    assert client.get("/api/unlabelable").json()["people"] == 2, "an import is seen at once"
    with home.store.transaction() as tx:
        user = users.list_users(tx)[0]
        queue.claim_image(tx, user, images.list_images(tx)[-1].id, now=utc_now(), lease_s=60)
    assert client.get("/api/unlabelable").json()["people"] == 2, "an answer is given again for a minute"
    assert client.get("/api/unlabelable?anew=1").json()["people"] == 0, "somebody has their image open"
    with home.store.transaction() as tx:
        leases.release(tx, user, [images.list_images(tx)[-1].id])
    skipped = client.post("/api/unlabelable", json={"do": "skip"}).json()
    assert (skipped["people"], skipped["skipped"], skipped["images"]) == (0, 2, 0)
    assert skipped["done"] == "2 people skipped; 1 image left the queue."
    assert client.get("/api/unlabelable").json() == {**skipped, "done": ""}
    back = client.post("/api/unlabelable", json={"do": "take back"}).json()
    assert (back["people"], back["skipped"]) == (2, 0)
    assert client.post("/api/unlabelable", json={"do": "nothing"}).status_code == 422
    assert len(pool) == 6


def test_an_empty_home_has_nobody(sqlite_store: Store, tmp_path: Path) -> None:
    app = FastAPI()
    app.include_router(unlabelable_routes(OpenHome.of(read_settings(tmp_path, {}), sqlite_store)))
    assert TestClient(app).get("/api/unlabelable").json() is None
