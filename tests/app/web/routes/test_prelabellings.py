"""A pose model is uploaded, and its run waits for the worker."""

from fastapi.testclient import TestClient

from app.web.opened import OpenHome
from tests.onnx_files import movenet


def test_an_uploaded_model_is_queued_under_its_files_name(client: TestClient, home: OpenHome) -> None:
    assert client.get("/api/prelabellings/latest").json() == {"prelabelling": None}
    launched = client.post("/api/prelabellings?name=dots.onnx", content=movenet(32))
    assert (launched.status_code, launched.json()["model"], launched.json()["state"]) == (201, "dots", "queued")
    assert client.get("/api/prelabellings/latest").json()["prelabelling"]["model"] == "dots"
    assert home.engine.prelabelling_state(1) == "active"


def test_a_file_that_is_no_pose_model_is_refused_and_nothing_is_queued(client: TestClient) -> None:
    refused = client.post("/api/prelabellings?name=dots.onnx", content=b"no model")
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "invalid_model")
    assert client.get("/api/prelabellings/latest").json() == {"prelabelling": None}


def test_a_second_model_is_refused_before_any_of_it_is_kept(client: TestClient, home: OpenHome) -> None:
    client.post("/api/prelabellings?name=dots.onnx", content=movenet(32))
    kept = sorted((home.settings.home / "models").iterdir())
    refused = client.post("/api/prelabellings?name=other.onnx", content=movenet(48))
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "round_active")
    assert "one at a time" in refused.json()["error"]["message"]
    assert sorted((home.settings.home / "models").iterdir()) == kept
