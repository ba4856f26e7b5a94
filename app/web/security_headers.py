"""What every answer carries so that a browser trusts it no further than it must."""

import re
import secrets
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders

from app.web.asgi import Message, Send


def is_page(path: str) -> bool:
    """Whether one of Gradio's pages is at the path."""
    return path.rstrip("/") in ("/annotate", "/lead", "/cameras", "/sheet", "/review", "/team")


def shield(send: Send, path: str) -> Send:
    """Security headers on every answer; on Gradio's pages a nonce for the inline scripts they are made of."""
    nonce = secrets.token_urlsafe(16)
    start: Message = {}
    body = bytearray()

    async def shielded(message: Message) -> None:
        if message["type"] == "http.response.start":
            _add_headers(message, path, nonce)
            if is_page(path) and "text/html" in Headers(raw=message["headers"]).get("content-type", ""):
                start.update(message)  # held back: the page's length is not known yet
                return
        if not start or message["type"] != "http.response.body":
            await send(message)
            return
        body.extend(message.get("body", b""))
        if message.get("more_body"):
            return
        page = re.sub(rb"<script(?![^>]*\bnonce=)", f'<script nonce="{nonce}"'.encode(), bytes(body))
        MutableHeaders(raw=start["headers"])["content-length"] = str(len(page))
        await send(start)
        await send({"type": "http.response.body", "body": page})

    return shielded


def security_headers(more: Mapping[str, str] | None = None, *, nonce: str = "") -> dict[str, str]:
    """The headers of an answer that is kept nowhere, and `more`. nonce: lets the inline scripts run that carry it."""
    scripts = f"'self' 'nonce-{nonce}' 'unsafe-eval'" if nonce else "'self'"
    return {
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "content-security-policy": (
            f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; "
            "img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; "
            "frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'"
        ),
        "cache-control": "no-store",
        **(more or {}),
    }


def _add_headers(message: Message, path: str, nonce: str) -> None:
    known = security_headers(nonce=nonce)
    if message["status"] < 400:
        if re.match(
            r"/(annotate|lead|cameras|sheet|team)/(assets|static|svelte)/", path
        ):  # their names change with them
            known["cache-control"] = "private, max-age=31536000, immutable"
        elif path.startswith("/assets/"):
            known["cache-control"] = "no-cache"
        elif path.startswith(("/img/", "/thumb/")):  # as the route says
            del known["cache-control"]
    MutableHeaders(scope=message).update(known)
