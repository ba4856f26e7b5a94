"""A request's body in bounds: so many bytes at most, and no slower than an honest line."""

import time

from anyio import move_on_after
from starlette.exceptions import HTTPException

from app.web.asgi import Message, Receive

GRACE_S = 20.0
"""How long a sender may keep us waiting in all, beside the time its bytes are worth."""
LEAST_RATE = 8_000.0
"""Bytes a second; a phone at the edge of its net has several times as many."""


def too_large(limit: int) -> str:
    """That a request has more than so many bytes."""
    return f"this request has over {limit / 1e6:.3g} MB. Send less at once."


def bounded(receive: Receive, *, limit: int, grace_s: float = GRACE_S, least_rate: float = LEAST_RATE) -> Receive:
    """The same body, piece by piece. limit: bytes. Raises HTTPException: 413 beyond that, 408 where it is slow.

    Only the time spent waiting for the sender counts, and only until the body has ended: who then waits for the sender
    to hang up may do so for ever. What comes after a refusal is thrown away by the connection, for a while.
    """
    received, waited, ended = 0, 0.0, False

    async def next_piece() -> Message:
        nonlocal received, waited, ended
        if ended:
            return await receive()
        began = time.monotonic()
        message: Message | None = None
        with move_on_after(grace_s + received / least_rate - waited):
            message = await receive()
        waited += time.monotonic() - began
        if message is None:
            raise HTTPException(408, f"only {received} bytes of the request came in {waited:.0f} s. Send it again.")
        received += len(message.get("body", b""))
        if received > limit:
            raise HTTPException(413, too_large(limit))
        ended = not message.get("more_body", False)
        return message

    return next_piece
