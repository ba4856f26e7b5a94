"""What breaks on the way to the application ends the check with the answer's words."""

import httpx
import pytest

from app.demo.client import free_port, get, post
from app.demo.loop import CheckFailed


def answering(status: int, text: str) -> httpx.Client:
    transport = httpx.MockTransport(lambda request: httpx.Response(status, text=text))
    return httpx.Client(transport=transport, base_url="http://home")


def test_what_was_answered_is_handed_on() -> None:
    with answering(200, '{"held": [1]}') as client:
        assert post(client, "/api/heartbeat", {"image_ids": [1]}) == {"held": [1]}


@pytest.mark.parametrize("status", [303, 409, 500])
def test_an_error_or_a_detour_fails_the_check_and_is_quoted(status: int) -> None:
    with answering(status, "no labels yet") as client:
        for ask in (lambda: get(client, "/api/next"), lambda: post(client, "/api/next", {})):
            with pytest.raises(CheckFailed, match=f"/api/next was answered with {status}: no labels yet"):
                ask()


def test_two_free_ports_are_ports() -> None:
    assert all(1024 <= free_port() < 65536 for _ in range(2))
