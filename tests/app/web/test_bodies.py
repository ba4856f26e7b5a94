"""Bodies over real sockets: who stops half-way hears so, who is slow but honest is served."""

import socket
import time
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from app.web.asgi import Receive, Scope, Send
from app.web.bodies import bounded
from app.web.connections import Limits
from tests.app.web.serving import serving

GRACE_S, LEAST_RATE, LIMIT = 0.5, 100_000, 1_000_000


async def length(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


gone: list[list[str]] = []
"""What each request to /wait received."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    behind = Starlette(routes=[Route("/", length, methods=["POST"])])

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        receive = bounded(receive, limit=LIMIT, grace_s=GRACE_S, least_rate=LEAST_RATE)
        if scope["type"] == "http" and scope["path"] == "/wait":
            kinds = [(await receive())["type"], (await receive())["type"]]
            gone.append(kinds)
        else:
            await behind(scope, receive, send)

    with serving(application, Limits(head_s=0.5, keep_alive_s=1)) as found:
        yield found


def post(port: int, pieces: list[bytes], *, head: str, pause_s: float = 0.0) -> str:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(f"POST / HTTP/1.1\r\nHost: localhost\r\n{head}\r\n\r\n".encode())
        for piece in pieces:
            line.sendall(piece)
            time.sleep(pause_s)
        answer = b""
        while part := line.recv(65536):
            answer += part
        return answer.decode()


def test_half_a_body_is_answered_408_and_the_connection_ends(port: int) -> None:
    answer = post(port, [b"half"], head="Content-Length: 8")
    assert answer.startswith("HTTP/1.1 408")
    assert "only 4 bytes of the request came" in answer


def test_a_trickle_is_answered_408(port: int) -> None:
    began = time.monotonic()
    with pytest.raises(OSError):
        post(port, [b"x"] * 200, head="Content-Length: 200", pause_s=0.05)
    assert time.monotonic() - began < 5


def test_a_slow_but_honest_sender_is_served(port: int) -> None:
    pieces = [b"x" * 20_000] * 20  # twice the least rate, and four times as long as the grace
    assert post(port, pieces, head="Content-Length: 400000", pause_s=0.1).endswith("\r\n400000")


def test_a_body_that_outgrows_the_limit_unannounced_is_answered_413(port: int) -> None:
    chunk = b"40000\r\n" + bytes(0x40000) + b"\r\n"
    answer = post(port, [chunk] * 4, head="Transfer-Encoding: chunked")
    assert answer.startswith("HTTP/1.1 413")
    assert "over 1 MB" in answer


def test_whoever_waits_for_the_sender_to_hang_up_waits_as_long_as_it_takes(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(b"GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n")
        time.sleep(3 * GRACE_S)
        assert not gone
    for _ in range(100):
        time.sleep(0.05)
        if gone:
            break
    assert gone == [["http.request", "http.disconnect"]]
