"""The people whom rounds are measured by, over HTTP."""

from fastapi.testclient import TestClient

from db.records import ImageRecord


def test_a_lead_sees_who_is_kept_and_keeps_some_once(client: TestClient, pool: list[ImageRecord]) -> None:
    before = client.get("/api/validation").json()
    assert (before["persons"], before["offer"], before["button"]) == (0, 3, "Keep 3 people for validation")
    for _ in range(2):
        kept = client.post("/api/validation", json={"persons": before["offer"]}).json()
        assert (kept["persons"], kept["open"]) == (3, 3)
    assert client.get("/api/validation").json() == kept
    assert client.post("/api/validation", json={"persons": 0}).status_code == 422
