"""Suspicious labels over HTTP: checked, shown on the sheet, called right."""

from fastapi.testclient import TestClient

from app.web.opened import OpenHome
from db.clock import utc_now
from db.labelling import findings
from db.records import FindingRecord, LabelCheckRecord, ToCheckBy
from tests.app.label_checks.checked_home import add_standing


def test_a_suspicion_is_on_the_sheet_until_it_is_called_right(client: TestClient, home: OpenHome) -> None:
    _, known = add_standing(home.store, 4)
    found = FindingRecord(known[0].id, 1, "inversion", (13, 14), 0.9, "left and right knee seem exchanged")
    with home.store.transaction() as tx:
        findings.replace(tx, [found], LabelCheckRecord(utc_now(), "", 4, 0, 0, ToCheckBy(4, 0, None)))
    (person,) = client.get("/api/sheet?show=suspicious").json()["persons"]
    (told,) = person["findings"]
    assert person["id"] == known[0].id and person["pose"] is not None
    assert (told["kind"], told["keypoints"], told["words"]) == ("inversion", [13, 14], found.words)
    assert client.get("/api/sheet?show=suspicious&suspicion=miss").json()["persons"] == []
    assert client.get("/api/sheet?show=suspicious&suspicion=nonsense").status_code == 422
    assert client.get("/api/findings").json()["kinds"] == {"inversion": 1}
    right = client.post(f"/api/findings/{told['id']}/right", json={})
    assert right.status_code == 200 and right.json()["kinds"] == {}
    assert client.get("/api/sheet?show=suspicious").json()["persons"] == []
    assert client.post("/api/findings/999/right", json={}).status_code == 404


def test_a_lead_has_all_labels_checked(client: TestClient, home: OpenHome) -> None:
    assert "not checked yet" in client.get("/api/findings").json()["words"]
    add_standing(home.store, 4)
    told = client.post("/api/findings", json={}).json()
    assert told["people"] >= 4 and told["at"] is not None and "too few" in told["words"]
