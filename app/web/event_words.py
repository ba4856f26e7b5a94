"""What Gradio says of an event that failed: words in place of its `{"error": null}`, which pages show as nothing."""

import json
from typing import Any

from app.web.asgi import App, Message, Receive, Scope, Send

WORDS = (
    "The page's request failed: its fields are not those that this server wants, or the server could not do it. "
    "Reload the page; if it stays, the server's log says why."
)


class EventWords:
    """Passes everything on, and completes the answers of events that failed without a word."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        is_event = scope["type"] == "http" and str(scope["path"]).endswith("/run/predict")
        await self._app(scope, receive, _Completing(send) if is_event else send)


class _Completing:
    """Holds an answer of status 500 until it is whole. Gradio's are short."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._head: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 500:
            self._head = message
            return
        if self._head is None:
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if not message.get("more_body", False):
            body = _with_words(self._body)
            kept = [(name, value) for name, value in self._head["headers"] if name.lower() != b"content-length"]
            headers = [*kept, (b"content-length", str(len(body)).encode())]
            await self._send({**self._head, "headers": headers})
            await self._send({"type": "http.response.body", "body": body})


def _with_words(body: bytes) -> bytes:
    """Gradio's own form, so that its client shows the words."""
    try:
        said: Any = json.loads(body)
    except ValueError:
        return body
    if not isinstance(said, dict) or said.get("error") is not None:
        return body
    return json.dumps({**said, "error": WORDS, "visible": True}).encode()
