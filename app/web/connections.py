"""Connections in bounds: how many there are, and how long each may keep the server waiting.

uvicorn has no time limit for a request's head, nor for a reader that takes nothing, and answers what is no HTTP without
our headers. The time for a body is `bodies.bounded`'s. Why no other server: docs/adr/0016.
"""

import asyncio
import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from app.home.failures import TRY_AGAIN_AFTER_S
from app.home.settings import Settings
from app.web.asgi import Receive, Scope, Send
from app.web.refusal_pages import refuse
from app.web.security_headers import security_headers, shield

STOPPED_AFTER_S = 3
"""Requests under way when the server is told to stop get this long."""


@dataclass(frozen=True)
class Limits:
    """What one connection, and all together, may take."""

    head_s: float = 10.0
    """From the first byte, or from connecting, to the end of the headers."""
    keep_alive_s: int = 15
    """Idle between two requests."""
    stalled_s: float = 60.0
    """A reader that takes none of an answer."""
    connections: int = 500
    """Beyond, the one that waits longest for its next request gives way; where none waits, the new one is refused."""
    refused: int = 100
    """So many more hear that it is refused; the rest is cut off."""


def server_options(settings: Settings, limits: Limits | None = None) -> dict[str, Any]:
    """How uvicorn runs the application. Only a trusted proxy's header says where a request comes from."""
    bounds = limits or Limits()
    return {
        "host": settings.host,
        "port": settings.port,
        "log_level": "warning",
        **({"log_config": None} if settings.log_format == "json" else {}),  # its entries go where all go
        "server_header": False,
        "timeout_graceful_shutdown": STOPPED_AFTER_S,
        "timeout_keep_alive": bounds.keep_alive_s,
        "http": partial(BoundedProtocol, limits=bounds),
        "ws": "none",  # nothing here speaks it; the guard refuses it, too
        "proxy_headers": bool(settings.trusted_proxies),
        "forwarded_allow_ips": list(settings.trusted_proxies),
    }


class BoundedProtocol(H11Protocol):
    """One connection, in bounds."""

    def __init__(self, *arguments: Any, limits: Limits, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._limits = limits
        self._waiting_since = math.inf
        self._clock: asyncio.TimerHandle | None = None
        self._stall: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, if there is room or some can be made."""
        super().connection_made(transport)
        self._waiting_since = self.loop.time()
        self._clock = self.loop.call_later(self._limits.head_s, self._too_late)
        if len(self.connections) > self._limits.connections:  # this one is among them already
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        self._stop_clock()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """More of a request, or of a body."""
        super().data_received(data)
        if not self._is_busy() and self._clock is None:
            self._clock = self.loop.call_later(self._limits.head_s, self._too_late)

    def handle_events(self) -> None:
        """Begin the requests that are whole."""
        super().handle_events()
        if self._is_busy():
            self._waiting_since = math.inf
            self._stop_clock()

    def on_response_complete(self) -> None:
        """An answer is written. What is left of its request's body has as long as a head."""
        self._waiting_since = self.loop.time()
        super().on_response_complete()
        if self.transport.is_closing():  # uvicorn closed it: what is left to write is bounded here
            self._end()
        elif not self._is_busy() and self.conn.their_state is h11.SEND_BODY:
            self._clock = self._clock or self.loop.call_later(self._limits.head_s, self._too_late)

    def timeout_keep_alive_handler(self) -> None:
        """Nothing came for a while."""
        super().timeout_keep_alive_handler()
        self._end()

    def pause_writing(self) -> None:
        """The reader is slower than we write."""
        super().pause_writing()
        self._stall = self._stall or self.loop.call_later(self._limits.stalled_s, self.transport.abort)

    def resume_writing(self) -> None:
        """The reader has caught up."""
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """What came is no HTTP, or too much of it."""
        hint = getattr(sys.exc_info()[1], "error_status_hint", 400)
        status = HTTPStatus(hint) if hint in (400, 431, 501) else HTTPStatus.BAD_REQUEST
        self._refuse(status, f"{status.phrase}: this is no HTTP request that the server takes. Check what sends it.")

    def _is_busy(self) -> bool:
        """Whether a request is under way."""
        return self.cycle is not None and not self.cycle.response_complete

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _too_late(self) -> None:
        """The head, or the rest of a body that nobody wants, did not come in time."""
        self._clock = None
        if self.conn.their_state is h11.IDLE and self.conn.trailing_data[0]:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, "The request did not come in time. Send it again.")
        else:
            self._end()

    def _make_room(self) -> None:
        others = [one for one in self.connections if isinstance(one, BoundedProtocol) and one is not self]
        longest = min(others, key=lambda one: one._waiting_since, default=self)
        if longest._waiting_since < math.inf:
            longest.transport.abort()
        elif len(others) < self._limits.connections + self._limits.refused:
            self.app = _answer_busy  # this connection's alone: a protocol has its own reference
        else:
            self.transport.abort()

    def _refuse(self, status: HTTPStatus, words: str) -> None:
        """Answer outside of any request, and close."""
        if self.cycle is not None:
            self.cycle.disconnected = True  # as where a client hangs up: its handler stops waiting for a body
            self.cycle.message_event.set()
        # never into an answer that has begun
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE) and not self.transport.is_closing():
            content = words.encode()
            headers = security_headers({"content-type": "text/plain; charset=utf-8", "connection": "close"})
            head = h11.Response(
                status_code=status, headers=_raw(headers, length=len(content)), reason=status.phrase.encode()
            )
            for event in (head, h11.Data(data=content), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self._end()

    def _end(self) -> None:
        """Close; a reader that never takes the rest does not keep it open."""
        self._stop_clock()
        self.transport.close()
        if self.transport.get_write_buffer_size():
            self.loop.call_later(self._limits.stalled_s, self.transport.abort)


async def _answer_busy(scope: Scope, receive: Receive, send: Send) -> None:
    """Every connection is busy with a request."""
    words = "The server has more connections than it can serve just now. Try again in a moment."
    headers = {"retry-after": str(TRY_AGAIN_AFTER_S), "connection": "close"}
    await refuse(scope, 503, "not_just_now", words, headers=headers)(scope, receive, shield(send, str(scope["path"])))


def _raw(headers: Mapping[str, str], *, length: int) -> list[tuple[bytes, bytes]]:
    return [(k.encode(), v.encode()) for k, v in {**headers, "content-length": str(length)}.items()]
