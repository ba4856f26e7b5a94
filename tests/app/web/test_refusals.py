"""What the application refuses goes out as status, code and words."""

import json
from typing import Annotated

import pytest
from fastapi import FastAPI, Query
from fastapi.exceptions import RequestValidationError
from fastapi.testclient import TestClient
from starlette.exceptions import HTTPException
from starlette.requests import Request

from app.web.refusals import REFUSALS, refusal, say_what_http_means, say_what_was_invalid
from db.errors import LeaseLost, NoProject, StoreError


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()
    for kind, (status, code) in REFUSALS.items():
        app.add_exception_handler(kind, refusal(status, code))
    app.add_exception_handler(RequestValidationError, say_what_was_invalid)
    app.add_exception_handler(HTTPException, say_what_http_means)

    @app.get("/api/fail/{kind}")
    def fail(kind: str, number: Annotated[int, Query(ge=1)] = 1) -> None:
        raise {"lease": LeaseLost, "project": NoProject, "store": StoreError}[kind]("the words.")

    return TestClient(app)


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [("lease", 409, "lease_lost"), ("project", 404, "not_found"), ("store", 409, "refused")],
)
def test_an_error_goes_by_its_nearest_kind_and_keeps_its_words(
    kind: str, status: int, code: str, client: TestClient
) -> None:
    answered = client.get(f"/api/fail/{kind}")
    assert (answered.status_code, answered.json()) == (status, {"error": {"code": code, "message": "the words."}})


def test_what_does_not_fit_the_contract_is_named_by_its_place(client: TestClient) -> None:
    answered = client.get("/api/fail/lease?number=0")
    assert answered.status_code == 422
    assert "query.number: Input should be greater than or equal to 1" in answered.json()["error"]["message"]


@pytest.mark.parametrize(
    ("method", "path", "status", "said"),
    [
        ("GET", "/api/nowhere", 404, "nothing is at '/api/nowhere'. Check the address"),
        ("POST", "/api/fail/lease", 405, "POST is not what '/api/fail/lease' takes; it takes GET"),
    ],
)
def test_what_http_refuses_is_said_in_our_words(
    method: str, path: str, status: int, said: str, client: TestClient
) -> None:
    answered = client.request(method, path)
    assert (answered.status_code, said in answered.json()["error"]["message"]) == (status, True)


def test_a_body_that_was_refused_on_its_way_in_keeps_its_words() -> None:
    request = Request({"type": "http", "method": "POST", "path": "/api/accept", "headers": []})
    answered = say_what_http_means(request, HTTPException(413, "the body is too large."))
    assert json.loads(bytes(answered.body))["error"]["message"] == "the body is too large."
