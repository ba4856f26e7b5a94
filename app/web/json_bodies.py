"""A request's JSON has one meaning, whoever reads it: UTF-8, whole, and no name twice in one object."""

import json
from typing import Any

from starlette.datastructures import Headers

from app.web.asgi import App, Message, Receive, Scope, Send
from app.web.guard import UPLOADS
from app.web.refusal_pages import refuse


class JsonBodies:
    """Passes requests on whose JSON is plain. Python's reader guesses an encoding, and of a name given twice takes the
    last one where another program's takes the first."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request. The guard in front bounds its body."""
        if not _is_read(scope):
            await self._app(scope, receive, send)
            return
        came: list[Message] = [await receive()]
        while came[-1].get("more_body", False):
            came.append(await receive())
        body = b"".join(message.get("body", b"") for message in came)
        trouble = trouble_of(body) if body else None
        if trouble is not None:
            await refuse(scope, 422, "invalid", trouble)(scope, receive, send)
            return

        async def again() -> Message:
            return came.pop(0) if came else await receive()

        await self._app(scope, again, send)


def trouble_of(body: bytes) -> str | None:
    """Why these bytes are no plain JSON, in words; None where they are."""
    try:
        json.loads(body.decode(), object_pairs_hook=_each_once)
    except UnicodeDecodeError as error:
        return f"the request is not UTF-8 from byte {error.start} on; wanted JSON in UTF-8. Send it so."
    except json.JSONDecodeError as error:
        return f"the request is no JSON from character {error.pos} on; wanted whole JSON in UTF-8. Reload the page."
    except _GivenTwiceError as error:
        return f"the request says {str(error)!a:.80} twice; wanted each name once. Leave one of them out."
    except (ValueError, RecursionError):  # thousands of digits, or of brackets
        return "the request has a number or a nesting that no message has; wanted plain JSON. Reload the page."
    return None


class _GivenTwiceError(Exception):
    """A name that an object has already."""


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _GivenTwiceError(name)
        found[name] = value
    return found


def _is_read(scope: Scope) -> bool:
    """Whether a route of ours reads the body as a message."""
    path = str(scope.get("path", ""))
    if scope["type"] != "http" or not path.startswith("/api/") or path in UPLOADS:
        return False
    return "json" in Headers(scope=scope).get("content-type", "").lower()
