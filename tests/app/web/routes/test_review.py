"""Reviewing, as a page or a program does it."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from app.web.opened import OpenHome
from db.pool import project
from db.records import ReviewRule, UserRecord
from tests.app.labelling.annotating import accept, key


@pytest.fixture
def labelled(home: OpenHome, client: TestClient, add_account: Callable[..., UserRecord]) -> UserRecord:
    """Bob, who labelled persons 1 to 3; everybody is reviewed, and ann reviews."""
    bob = add_account(home.store, "bob")
    with home.store.transaction() as tx:
        project.set_review(tx, ReviewRule(1.0, 0))
    for number in (1, 2, 3):
        accept(home.store, bob, number, 0, key())
    return bob


def said(client: TestClient, person: int, **more: object) -> tuple[int, dict[str, object]]:
    message = {"key": key(), "person_id": person, "revision": 1, "result": "good", **more}
    answered = client.post("/api/review", json=message)
    return answered.status_code, answered.json()


def test_a_reviewer_goes_through_all_and_takes_one_back(client: TestClient, labelled: UserRecord) -> None:
    shown = client.get("/api/review/next").json()
    assert (shown["left"], {one["id"] for one in shown["persons"]}) == (3, {1, 2, 3})
    some = client.get("/api/review/next", params={"exclude": "1,3", "after": 0, "annotator": "bob"}).json()
    assert [one["id"] for one in some["persons"]] == [2]
    assert said(client, 1)[0] == 200
    status, back = said(client, 2, result="back", comment="knee")
    assert (status, back["is_waiting"]) == (200, True)
    undone = client.post("/api/review/undo", json={"review_id": back["id"]})
    assert (undone.status_code, undone.json()["id"]) == (200, 2)
    left = client.get("/api/review/next").json()
    assert {one["id"] for one in left["persons"]} == {2, 3}
    (bob,) = client.get("/api/review").json()["results"]
    assert (bob["annotator"], bob["good"], bob["back"], bob["sampled"]) == ("bob", 1, 0, 1)


def test_refusals_have_codes(client: TestClient, labelled: UserRecord) -> None:
    said(client, 1)
    status, told = said(client, 1, result="back", comment="no")
    assert (status, told["error"]["code"]) == (409, "already_reviewed")  # type: ignore[index]
    assert said(client, 2, result="back")[0] == 422
    assert said(client, 2, revision=7)[1]["error"]["code"] == "revision_conflict"  # type: ignore[index]
    assert client.get("/api/review/next", params={"show": "some"}).status_code == 422


def test_the_rule_is_set_and_counts_at_once(client: TestClient, labelled: UserRecord) -> None:
    set_rule = client.post("/api/review/rule", json={"share": 0.0, "first": 0})
    assert set_rule.json() == {"share": 0.0, "first": 0} == client.get("/api/review").json()["rule"]
    assert client.get("/api/review/next").json() == {"persons": [], "left": 0}
    assert len(client.get("/api/review/next", params={"show": "all"}).json()["persons"]) == 3
    assert client.post("/api/review/rule", json={"share": 2, "first": 0}).status_code == 422


def test_ones_own_and_all_of_it_as_a_table(client: TestClient, labelled: UserRecord) -> None:
    said(client, 1, result="back", comment="knee")
    assert client.get("/api/review/own").json() == {"reviews": []}, "ann's own labels; these are bob's"
    table = client.get("/api/review/file")
    assert table.headers["content-type"].startswith("text/csv") and ",knee," in table.text
