"""JSON that two programs could read as two messages gets to no route."""

import json

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from app.web.json_bodies import JsonBodies, trouble_of

GOOD = b'{"key": "a", "box": {"x": 1}, "other": {"x": 2}}'


@pytest.fixture(scope="module")
def client() -> TestClient:
    async def back(request: Request) -> JSONResponse:
        return JSONResponse(len(await request.body()))

    routes = [Route(path, back, methods=["POST"]) for path in ("/api/accept", "/api/labels", "/lead/run")]
    app = Starlette(routes=routes)
    app.add_middleware(JsonBodies)
    return TestClient(app)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"a": 1, "a": 1}', "'a' twice"),
        (b'[{"b": {"person": 1, "x": [], "person": 2}}]', "'person' twice"),
        (b'{"\\ud83d": 1, "\\ud83d": 1}', "'\\ud83d' twice"),
        (b'{"a": 1, "\\u0061": 1}', "'a' twice"),
        (GOOD.decode().encode("utf-16"), "not UTF-8 from byte 0"),
        (GOOD.decode().encode("utf-16-le"), "no JSON from character 1"),
        (b"\xef\xbb\xbf" + GOOD, "no JSON from character 0"),
        (GOOD[:-1], "no JSON from character 47"),
        (GOOD * 2, "no JSON from character 48"),
        (b"9" * 5000, "a number or a nesting"),
        (b"[" * 100_000, "a number or a nesting"),
    ],
)
def test_what_is_read_in_two_ways_is_refused_in_words(client: TestClient, body: bytes, said: str) -> None:
    answered = client.post("/api/accept", content=body, headers={"content-type": "application/json"})
    assert answered.status_code == 422
    assert answered.json()["error"]["code"] == "invalid"
    assert said in answered.json()["error"]["message"] and len(answered.json()["error"]["message"]) < 300


@pytest.mark.parametrize("body", [GOOD, b"", b"null", b'"\\ud83d"', json.dumps({"a": ["b"] * 10_000}).encode()])
def test_the_route_gets_every_byte_of_the_rest(client: TestClient, body: bytes) -> None:
    answered = client.post("/api/accept", content=body, headers={"content-type": "application/json; charset=utf-8"})
    assert (answered.status_code, answered.json()) == (200, len(body))


def test_files_and_what_is_gradios_are_left_alone(client: TestClient) -> None:
    for path in ("/api/labels", "/lead/run"):
        answered = client.post(path, content=b'{"a": 1, "a": 1}', headers={"content-type": "application/json"})
        assert answered.status_code == 200
    assert client.post("/api/accept", content=b'{"a": 1, "a": 1}', headers={"content-type": "text/plain"}).json() == 16


def test_plain_json_has_no_trouble() -> None:
    assert trouble_of(GOOD) is None
    assert "'" + "n" * 79 in str(
        trouble_of(json.dumps({"n" * 9000: 1})[:-1].encode() + b', "' + b"n" * 9000 + b'": 2}')
    )
