"""Cameras are listed, set and looked at over HTTP."""

from fastapi.testclient import TestClient

from db.records import ImageRecord


def test_a_circle_that_is_set_is_the_one_that_is_listed(client: TestClient, pool: list[ImageRecord]) -> None:
    camera = pool[0].camera.id
    drawn = {"image_id": pool[0].id, "lens": {"x": 300, "y": 250, "radius": 200}}
    assert client.post(f"/api/cameras/{camera}/lens", json=drawn).json()["camera"]["source"] == "set"
    (listed,) = client.get("/api/cameras").json()["cameras"]
    assert (listed["id"], listed["lens"]) == (camera, {"x": 300.0, "y": 250.0, "radius": 200.0})


def test_a_camera_or_an_image_that_is_not_there_is_refused(client: TestClient, pool: list[ImageRecord]) -> None:
    assert client.post("/api/cameras/99/find").status_code == 404
    nowhere = {"image_id": 99, "lens": None}
    assert client.post(f"/api/cameras/{pool[0].camera.id}/lens", json=nowhere).status_code == 404
