"""The one gate in front of every route: hosts, sessions, roles, cross-site requests, and which routes exist at all.

A pure ASGI middleware: Gradio streams events, which the usual wrapper would buffer.
"""

import re
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import quote

from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from app.model_files import LARGEST_MODEL
from app.refusal_pages import leads_only_page, nothing_here_page
from app.settings import Settings
from db.records import SessionRecord

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
FindSession = Callable[[str], SessionRecord | None]

PUBLIC = re.compile(r"/login|/healthz|/favicon\.ico|/manifest\.json|/assets/login/[\w.-]+")
OURS = re.compile(
    r"/|/logout|/api/[\w/-]+|/img/\d+/[0-9a-f]{64}|/thumb/\d+/[0-9a-f]{16}\.jpg|/assets/(?!login/)[\w./-]+"
)
# What Gradio's pages need. Files, uploads, proxies, named endpoints and recordings are left out on purpose.
GRADIO = re.compile(
    r"/(annotate|lead|cameras|sheet)(/|/config|/theme\.css|/manifest\.json|/favicon\.ico|/(assets|static|svelte)/[\w./@+-]+"
    r"|/gradio_api/(queue/(join|data)|startup-events|app_id|heartbeat/\w+|cancel|reset|component_server/?|run/predict|theme\.css))?"
)
LEADS_ONLY = re.compile(r"/(lead|cameras)(/.*)?|/api/(cameras|rounds|counts|export|prelabellings|worker)(/.*)?")
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
CSRF_HEADER = "x-csrf-token"
LARGEST_BODY = 1_000_000
"""Bytes; the largest request of ours, an accept of 1000 keypoints, has about 100,000."""
UPLOADS = {"/api/prelabellings": LARGEST_MODEL}
"""Routes that take a file, and its largest size."""


class Guard:
    """Lets a request through, or answers it. The session is in `scope["state"]["session"]` for those behind."""

    def __init__(self, app: App, *, settings: Settings, find_session: FindSession) -> None:
        self._app = app
        self._settings = settings
        self._find_session = find_session

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Decide about one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        headers, path = Headers(scope=scope), str(scope["path"])
        session = await self._session(headers)
        scope.setdefault("state", {})["session"] = session
        nonce = secrets.token_urlsafe(16)
        shielded = _shield(send, path, nonce)
        refusal = self._refuse(str(scope["method"]), path, headers, session)
        if refusal is not None:
            await refusal(scope, receive, shielded)
            return
        if _is_page(path):
            scope["headers"] = [(k, v) for k, v in scope["headers"] if k != b"accept-encoding"]
        await self._app(scope, _at_most(_largest(path), receive), shielded)

    async def _session(self, headers: Headers) -> SessionRecord | None:
        token = cookie_parser(headers.get("cookie", "")).get(cookie_name(self._settings))
        return await to_thread.run_sync(self._find_session, token) if token else None

    def _refuse(self, method: str, path: str, headers: Headers, session: SessionRecord | None) -> Response | None:
        if _host(headers.get("host", "")) not in self._settings.allowed_hosts:
            return _deny(400, "unknown_host", "this server does not answer for that host name.")
        if method in UNSAFE and not _same_origin(headers):
            return _deny(403, "cross_site", "this request came from another site. Open the page itself and try again.")
        if _length(headers) > _largest(path):
            return _deny(413, "too_large", f"this request has over {_largest(path)} bytes. Send less at once.")
        if PUBLIC.fullmatch(path):
            return None
        if session is None:
            return _ask_to_sign_in(method, path, headers)
        if not (OURS.fullmatch(path) or GRADIO.fullmatch(path)):
            if _wants_page(method, headers):
                return HTMLResponse(nothing_here_page(), 404)
            return _deny(404, "not_found", "there is nothing at this address.")
        if LEADS_ONLY.fullmatch(path) and session.user.role != "lead":
            if _wants_page(method, headers):
                return HTMLResponse(leads_only_page(session.user.name), 403)
            return _deny(403, "leads_only", "this page is for leads. Ask a lead, or sign in as one.")
        if method in UNSAFE and _needs_token(path) and not _token_matches(headers, session):
            return _deny(403, "csrf", "the page's token does not match the session. Reload the page.")
        return None


def _largest(path: str) -> int:
    return UPLOADS.get(path, LARGEST_BODY)


def cookie_name(settings: Settings) -> str:
    """The session cookie's name; behind TLS the browser itself ties it to this host."""
    return "__Host-session" if settings.secure_cookies else "session"


def _host(header: str) -> str:
    """Without the port, in small letters."""
    return (header if header.endswith("]") else header.rsplit(":", 1)[0]).lower()


def _same_origin(headers: Headers) -> bool:
    """Browsers say where a request comes from; other clients, which carry no one else's cookies, need not."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or origin.partition("://")[2] == headers.get("host")


def _length(headers: Headers) -> int:
    """The body's length as announced; 0 where it is not."""
    announced = headers.get("content-length", "")
    return int(announced) if announced.isdecimal() else 0


def _at_most(limit: int, receive: Receive) -> Receive:
    """The same body; one that goes beyond the limit, unannounced, ends as if the sender had hung up."""
    received = 0

    async def limited() -> MutableMapping[str, Any]:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        return {"type": "http.disconnect"} if received > limit else message

    return limited


def _needs_token(path: str) -> bool:
    """Our own routes; Gradio's client cannot send the token, the check of the origin covers its routes."""
    return path == "/logout" or path.startswith("/api/")


def _token_matches(headers: Headers, session: SessionRecord) -> bool:
    return secrets.compare_digest(headers.get(CSRF_HEADER, "").encode(), session.csrf.encode())


def _ask_to_sign_in(method: str, path: str, headers: Headers) -> Response:
    if _wants_page(method, headers):
        return RedirectResponse("/login" if path == "/" else f"/login?next={quote(path)}", 303)
    return _deny(401, "signed_out", "nobody is signed in. Sign in at /login and try again.")


def _wants_page(method: str, headers: Headers) -> bool:
    """Whether a person looks at the answer, rather than a program."""
    return method == "GET" and "text/html" in headers.get("accept", "")


def _deny(status: int, code: str, message: str) -> Response:
    return JSONResponse({"error": {"code": code, "message": message}}, status)


def _is_page(path: str) -> bool:
    return path.rstrip("/") in ("/annotate", "/lead", "/cameras", "/sheet")


def _shield(send: Send, path: str, nonce: str) -> Send:
    """Security headers on every answer; on Gradio's pages a nonce for the inline scripts they are made of."""
    start: MutableMapping[str, Any] = {}
    body = bytearray()

    async def shielded(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            _add_headers(message, path, nonce)
            if _is_page(path) and "text/html" in Headers(raw=message["headers"]).get("content-type", ""):
                start.update(message)
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


def _add_headers(message: MutableMapping[str, Any], path: str, nonce: str) -> None:
    headers = MutableHeaders(scope=message)
    headers["x-content-type-options"] = "nosniff"
    headers["referrer-policy"] = "same-origin"
    headers["cross-origin-opener-policy"] = "same-origin"
    headers["cross-origin-resource-policy"] = "same-origin"
    headers["content-security-policy"] = (
        f"default-src 'self'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; "
        "frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'"
    )
    if re.match(r"/(annotate|lead|cameras|sheet)/(assets|static|svelte)/", path):
        headers["cache-control"] = "private, max-age=31536000, immutable"
    elif path.startswith("/assets/"):
        headers["cache-control"] = "no-cache"
    elif not path.startswith(("/img/", "/thumb/")):
        headers["cache-control"] = "no-store"
