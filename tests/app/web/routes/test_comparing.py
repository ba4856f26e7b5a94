"""Two rounds side by side over HTTP, and the same people as both place them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from app.rounds.folder import write_json
from app.web.opened import OpenHome
from db.pool.persons import get_person, list_persons
from db.pool.project import get_project
from db.records import PersonScore, UserRecord
from db.rounds import predictions, pruning, rounds
from sspcm.config import RoundConfig
from sspcm.manifest import Manifest, manifest_data
from tests.app.rounds.measured_home import POSE, add_persons, publish, score


@pytest.fixture
def people(home: OpenHome, client: TestClient, add_account: Callable[..., UserRecord], add_people: Any) -> list[int]:
    """24 labelled validation people, placed better by round 2 but for the last one; the pool, alike by both but for
    the first person."""
    lead = add_account(home.store, "lea", "lead")
    measured = add_persons(home.store, add_people, 24, split="validation", labelled=True)
    with home.store.reading() as tx:
        pool = [one.id for one in list_persons(tx, split="train")]
    for pixels, last, first_open in ((6.0, 1.0, 0.0), (2.0, 30.0, 9.0)):
        off = dict.fromkeys(measured, pixels) | {measured[-1]: last} | dict.fromkeys(pool, 1.0) | {pool[0]: first_open}
        number = score(home.store, lead, off, off.__getitem__)
        with home.store.transaction() as tx:
            found = [PersonScore(i, 0.5, (0.5,) * 17, ()) for i in pool]
            predictions.add_person_scores(tx, rounds.get(tx, number).id, found)
        publish(home.store, number)
    return measured


def test_without_two_rounds_there_is_nothing_to_compare(client: TestClient) -> None:
    assert client.get("/api/rounds/compare").json() is None
    assert client.get("/api/rounds/1/compare/2").json()["error"]["message"].startswith("there is no round 1")
    assert client.get("/api/rounds/1/compare/2/people").status_code == 404


def test_the_two_newest_rounds_are_compared_unless_others_are_asked_for(client: TestClient, people: list[int]) -> None:
    newest = client.get("/api/rounds/compare").json()
    assert (newest["first"]["number"], newest["second"]["number"], newest["persons"]) == (1, 2, 24)
    assert newest["numbers"] == [2, 1]
    assert client.get("/api/rounds/1/compare/2").json() == newest
    swapped = client.get("/api/rounds/2/compare/1").json()
    assert swapped["difference"] == -newest["difference"] and swapped["wins"] == newest["wins"]
    assert client.get("/api/rounds/2/compare/2").status_code == 409


def test_the_same_people_come_by_how_far_apart_they_are_or_who_places_them_better(
    client: TestClient, people: list[int]
) -> None:
    def ids(whom: str, **more: int) -> list[int]:
        asked = client.get("/api/rounds/1/compare/2/people", params={"whom": whom, **more}).json()
        return [one["id"] for one in asked["persons"]]

    assert len(ids("validation")) == 6 and ids("validation")[0] == people[-1], "29 px apart, the others 4"
    assert ids("first") == [people[-1]]
    assert set(ids("second", limit=50)) == set(people[:-1])
    shown = client.get("/api/rounds/1/compare/2/people", params={"whom": "second"}).json()
    assert shown["words"] == "6 of 23 labelled validation people whom round 2 places better, by most first."
    assert shown["total"] == 23
    one = shown["persons"][0]
    assert one["first_oks"] < one["second_oks"] < 1 and one["label"] is not None
    assert client.get("/api/rounds/1/compare/2/people?whom=everybody").status_code == 422


def test_poses_come_in_pixels_of_the_thumb_and_the_label_lies_between(
    client: TestClient, home: OpenHome, people: list[int]
) -> None:
    shown = client.get("/api/rounds/1/compare/2/people?whom=second").json()
    one = shown["persons"][0]
    first, second, label = (np.array(one[name]["xyv"])[:, :2] for name in ("first", "second", "label"))
    with home.store.reading() as tx:
        box = get_person(tx, one["id"]).box
    scale = shown["thumb_px"] / (1.25 * max(box.width, box.height))
    away = np.linalg.norm(first - label, axis=1), np.linalg.norm(second - label, axis=1)
    np.testing.assert_allclose(away[0] / away[1], 3.0, atol=0.1)
    np.testing.assert_allclose(away[0], 6.0 * scale, rtol=0.3)
    assert len(label) == len(POSE)


def test_open_people_have_no_label_and_validation_people_without_one_are_not_shown(
    client: TestClient, home: OpenHome, people: list[int], add_people: Any
) -> None:
    shown = client.get("/api/rounds/1/compare/2/people?whom=open").json()
    with home.store.reading() as tx:
        pool = [one.id for one in list_persons(tx, split="train")]
    assert shown["persons"][0]["id"] == pool[0] and shown["total"] == len(pool)
    assert all(one["label"] is None and one["first_oks"] is None for one in shown["persons"])
    assert shown["persons"][0]["apart"] > shown["persons"][1]["apart"] == 0


def test_of_a_round_whose_predictions_are_gone_it_is_said_so(
    client: TestClient, home: OpenHome, people: list[int], now: Any
) -> None:
    gone = 1
    while gone:
        with home.store.transaction() as tx:
            gone = pruning.prune_some(tx, 1, now=now)
    told = client.get("/api/rounds/1/compare/2").json()
    assert told["persons"] == 0 and "Round 1 was pruned on 2030-05-01" in told["verdict"]
    shown = client.get("/api/rounds/1/compare/2/people").json()
    assert shown["persons"] == [] and shown["words"].startswith("Round 1 was pruned")
    assert client.get("/api/rounds/compare").json() is None


def test_a_supervised_twin_is_asked_for_where_it_says_something(
    client: TestClient, home: OpenHome, people: list[int]
) -> None:
    told = client.get("/api/rounds/1/compare/2").json()
    assert (told["first"]["ask_twin"], told["twin"]) == (None, ""), "nobody kept what these rounds learned from"
    refused = client.post("/api/rounds/1/twin", json={})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "cannot_launch")
    with home.store.reading() as tx:
        skeleton = get_project(tx).skeleton
    manifest = Manifest(skeleton=skeleton, config=RoundConfig(), weights=None, persons=())
    (home.settings.home / "r").mkdir()
    write_json(home.settings.home / "r" / "manifest.json", manifest_data(manifest))
    assert client.get("/api/rounds/2/compare/1").json()["second"]["ask_twin"] == (
        "Train supervised on the labels of round 1"
    )
    launched = client.post("/api/rounds/1/twin", json={})
    assert (launched.status_code, launched.json()["twin_of"], home.engine.job_state(3)) == (201, 1, "active")
    assert client.get("/api/rounds/1/compare/2").json()["first"]["ask_twin"] is None, "there is one, at once"
