"""Events that fail without a word are given some; everything else passes as it is."""

import json
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from app.web.event_words import WORDS, EventWords

EVENT, OTHER = "/lead/gradio_api/run/predict", "/api/rounds"


def ask(path: str, status: int, body: bytes) -> Any:
    async def answer(_request: Request) -> Response:
        return Response(body, status, media_type="application/json")

    return TestClient(EventWords(Starlette(routes=[Route(path, answer)]))).get(path)


def test_an_event_that_failed_without_a_word_says_what_to_do() -> None:
    told = ask(EVENT, 500, b'{"error": null}')
    assert (told.status_code, told.json()) == (500, {"error": WORDS, "visible": True})
    assert int(told.headers["content-length"]) == len(told.content)


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        (EVENT, 500, json.dumps({"error": "the round is active"}).encode()),
        (EVENT, 500, b"not JSON"),
        (EVENT, 500, b""),
        (EVENT, 200, b'{"error": null}'),
        (OTHER, 500, b'{"error": null}'),
    ],
)
def test_every_other_answer_stays_as_it_is(path: str, status: int, body: bytes) -> None:
    told = ask(path, status, body)
    assert (told.status_code, told.content) == (status, body)
