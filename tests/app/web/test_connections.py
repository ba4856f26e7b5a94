"""Real sockets against a real server: nobody keeps it waiting for long, and everybody honest is served."""

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from starlette.responses import Response, StreamingResponse

from app.web.asgi import Receive, Scope, Send
from app.web.connections import Limits
from tests.app.web.serving import serving

HEAD = b"%s /%s HTTP/1.1\r\nHost: localhost\r\n"
LARGE = 30_000_000
QUICK = Limits(head_s=0.5, keep_alive_s=1, stalled_s=0.5, connections=8, refused=2)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """By path: the body's length, nothing read, many bytes, events for two seconds, or an answer after two."""
    if scope["type"] != "http":
        return
    path = scope["path"]
    if path == "/read":
        piece, length = await receive(), 0
        while piece["type"] == "http.request":
            length += len(piece["body"])
            if not piece["more_body"]:
                break
            piece = await receive()
        await Response(str(length))(scope, receive, send)
    elif path == "/large":
        await StreamingResponse(large())(scope, receive, send)
    elif path == "/events":
        await StreamingResponse(events(), media_type="text/event-stream")(scope, receive, send)
    elif path == "/slow":
        await asyncio.sleep(2)
        await Response("slow")(scope, receive, send)
    else:
        await Response("ok")(scope, receive, send)


async def large() -> Iterator[bytes]:
    for _ in range(LARGE // 10_000):
        yield bytes(10_000)


async def events() -> Iterator[bytes]:
    for _ in range(4):
        await asyncio.sleep(0.5)
        yield b"data: x\n\n"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving(application, QUICK) as found:
        yield found


@contextmanager
def connected(port: int, sent: bytes = b"") -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(sent)
        yield line


def heard(line: socket.socket) -> bytes:
    """All that comes until the server closes."""
    parts = []
    try:
        while part := line.recv(65536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer else 0


def request(method: bytes = b"GET", path: bytes = b"", *headers: bytes, body: bytes = b"") -> bytes:
    return HEAD % (method, path) + b"".join(h + b"\r\n" for h in headers) + b"\r\n" + body


def assert_has_our_headers(answer: bytes) -> None:
    head = answer.split(b"\r\n\r\n")[0].lower()
    for name in (b"content-security-policy:", b"x-content-type-options: nosniff", b"cache-control: no-store"):
        assert name in head, answer


@pytest.mark.parametrize("sent", [b"", request()], ids=["silent", "idle after an answer"])
def test_a_silent_connection_is_closed(port: int, sent: bytes) -> None:
    with connected(port, sent) as line:
        began = time.monotonic()
        answer = heard(line)
    assert status(answer) == (200 if sent else 0)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("begun", [b"G", b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Half: "])
@pytest.mark.parametrize("earlier", [b"", request()], ids=["first", "second on its connection"])
def test_half_a_head_is_answered_408(port: int, begun: bytes, earlier: bytes) -> None:
    with connected(port, earlier) as line:
        if earlier:
            assert status(line.recv(65536)) == 200
        line.sendall(begun)
        answer = heard(line)
    assert status(answer) == 408
    assert_has_our_headers(answer)


def test_a_head_that_trickles_is_no_better(port: int) -> None:
    with connected(port, HEAD % (b"GET", b"")) as line:
        line.settimeout(0.1)
        began = time.monotonic()
        while time.monotonic() - began < 10:
            try:
                line.sendall(b"X: y\r\n")
                if not (answer := line.recv(65536)) or status(answer):
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        assert time.monotonic() - began < 5


def test_the_rest_of_a_body_that_nobody_read_has_its_time_too(port: int) -> None:
    with connected(port, request(b"POST", b"", b"Content-Length: 1000")) as line:
        began = time.monotonic()
        answer = heard(line)
    assert status(answer) == 200
    assert time.monotonic() - began < 5


def test_a_body_drained_leaves_no_connection_behind(port: int) -> None:
    with connected(port, request(b"POST", b"", b"Content-Length: 2")) as line:
        assert status(line.recv(65536)) == 200
        line.sendall(b"xx")
        assert heard(line) in (b"", b"ok")  # and then the end


def test_two_requests_at_once_are_answered_one_by_one(port: int) -> None:
    with connected(port, request() + request(b"POST", b"read", b"Content-Length: 3", body=b"abc") + b"GET /") as line:
        answer = heard(line)
    assert answer.count(b"HTTP/1.1 200") == 2
    assert b"\r\n\r\n3" in answer


def test_events_and_slow_answers_are_not_cut(port: int) -> None:
    for path, end in ((b"events", b"0\r\n\r\n"), (b"slow", b"slow")):
        with connected(port, request(b"GET", path, b"Connection: close")) as line:
            assert heard(line).endswith(end)


def test_a_reader_that_takes_nothing_is_cut_off_and_a_slow_one_is_not(port: int) -> None:
    with connected(port, request(b"GET", b"large")) as line:
        time.sleep(3)
        assert len(heard(line)) < LARGE
    with connected(port, request(b"GET", b"large", b"Connection: close")) as line:
        began, got = time.monotonic(), 0
        while part := line.recv(1_000_000):
            got += len(part)
            time.sleep(0.02)
    assert got > LARGE
    assert time.monotonic() - began > 0.5


@pytest.mark.parametrize(
    ("sent", "wanted"),
    [
        (b"\x16\x03\x01 no http\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (request(b"GET", b"", b"Host: localhost"), 400),
        (HEAD % (b"GET", b"") + b"X: " + b"y" * 100_000, 431),
        (request(b"POST", b"", b"Content-Length: x"), 400),
        (request(b"POST", b"", b"Transfer-Encoding: gzip"), 501),
        (request(b"POST", b"read", b"Transfer-Encoding: chunked", body=b"zz\r\n"), 400),
    ],
)
def test_what_is_no_http_is_refused_with_our_headers(port: int, sent: bytes, wanted: int) -> None:
    with connected(port, sent) as line:
        answer = heard(line)
    assert status(answer) == wanted
    assert_has_our_headers(answer)


def test_the_one_that_waits_longest_gives_way_to_a_new_one(port: int) -> None:
    with ExitStack() as stack:
        silent = [stack.enter_context(connected(port)) for _ in range(QUICK.connections)]
        for _ in range(3):
            with connected(port, request(b"GET", b"", b"Connection: close")) as line:
                assert status(heard(line)) == 200
        assert heard(silent[0]) == b""


def test_where_every_connection_is_busy_a_new_one_hears_when_to_come_back(port: int) -> None:
    with ExitStack() as stack:
        busy = [
            stack.enter_context(connected(port, request(b"GET", b"slow", b"Connection: close")))
            for _ in range(QUICK.connections)
        ]
        time.sleep(0.3)
        with connected(port, request()) as line:
            answer = heard(line)
        assert status(answer) == 503
        assert b"retry-after: 5" in answer.lower()
        assert_has_our_headers(answer)
        assert [status(heard(line)) for line in busy] == [200] * len(busy)


@pytest.mark.parametrize(
    ("headers", "believed"), [({}, "127.0.0.1"), ({"SSPCM_TRUSTED_PROXIES": "127.0.0.0/8"}, "7.7.7.7")]
)
def test_a_forwarded_address_counts_only_from_a_trusted_proxy(headers: dict[str, str], believed: str) -> None:
    async def tell(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await Response(scope["client"][0])(scope, receive, send)

    sent = request(b"GET", b"", b"X-Forwarded-For: 6.6.6.6, 7.7.7.7", b"Connection: close")
    with serving(tell, environ=headers) as port, connected(port, sent) as line:
        assert heard(line).endswith(believed.encode())
