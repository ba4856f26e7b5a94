"""The one gate in front of every route: hosts, sessions, roles, cross-site requests, and which routes exist at all.

A pure ASGI middleware: Gradio streams events, which the usual wrapper would buffer.
"""

import logging
import re
import secrets
from collections.abc import Callable
from urllib.parse import quote

from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, cookie_parser
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.dataset.labels_made_elsewhere import LARGEST_FILE as LARGEST_LABELS
from app.home.failures import TRY_AGAIN_AFTER_S, Home, failure_of
from app.home.logs import IMAGE, REQUEST
from app.home.model_files import LARGEST_MODEL
from app.home.settings import Settings
from app.web.asgi import App, Message, Receive, Scope, Send
from app.web.bodies import bounded, too_large
from app.web.plain_page import PLAIN_STYLE
from app.web.refusal_pages import (
    leads_only_page,
    nothing_here_page,
    refuse,
    reviewers_only_page,
    sees_page,
    unknown_host_page,
)
from app.web.security_headers import is_page, shield
from db.records import SessionRecord

FindSession = Callable[[str], SessionRecord | None]

PUBLIC = re.compile(
    r"/login(/link|/first|/oidc(/callback)?)?|/healthz|/readyz|/metrics|/favicon\.ico|/manifest\.json|/assets/login/[\w.-]+"
)
OURS = re.compile(
    r"/|/logout|/api/[\w/-]+|/img/\d+/[0-9a-f]{64}|/thumb/\d+/[0-9a-f]{16}\.jpg|/assets/(?!login/)[\w./-]+"
)
# What Gradio's pages need. Files, uploads, proxies, named endpoints, queues and recordings are left out on purpose: no
# handler of ours is queued, and only the leads' page has handlers.
GRADIO = re.compile(
    r"/(annotate|review|lead|cameras|sheet|team)(/|/config|/theme\.css|/manifest\.json|/favicon\.ico|/(assets|static|svelte)/[\w./@+-]+)?"
    r"|/lead/gradio_api/run/predict"
)
LEADS_ONLY = re.compile(
    r"/(lead|cameras)(/.*)?|/api/(cameras|rounds|counts|export|prelabellings|workers?|labels|validation|order|unlabelable|simulation|findings|team|probes|work|agreement|deletion|deleted|review/rule)(/.*)?"
)
REVIEWERS_ONLY = re.compile(r"/review(/.*)?|/api/review(/(?!own$).*)?")
"""For reviewers and leads; what came back of their own labels, everybody sees."""
BY_TOKEN = re.compile(r"/api/(?!(account|team)(/|$)).+|/api/team(/(log|figures)(/file)?)?|/img/.+|/thumb/.+")
"""What an API token opens at all: no page, and nothing by which it could make itself or another account more."""
LABELLING = re.compile(
    r"/api/(accept|skip|not-a-person|reopen|persons|finish|reopen-image|heartbeat|release|review|review/undo)"
)
"""The unsafe requests of annotators and reviewers."""
BEARER = re.compile(r"[Bb]earer +(pl_[A-Za-z0-9_-]{20,100})")
NAME_OF_REQUEST = re.compile(r"[A-Za-z0-9_.-]{1,64}")
IMAGE_IN_PATH = re.compile(r"/(?:img|thumb|api/images?)/(\d{1,18})(?:/|$)")
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
CSRF_HEADER = "x-csrf-token"
LONGEST_NAME, LONGEST_PATH = 255, 1000
LARGEST_BODY = 1_000_000
"""Bytes; the largest request of ours, an accept of 1000 keypoints, has about 100,000."""
UPLOADS = {"/api/prelabellings": LARGEST_MODEL, "/api/labels": LARGEST_LABELS}
"""Routes that take a file, and its largest size."""


log = logging.getLogger(__name__)


class Guard:
    """Lets a request through, or answers it; answers, too, for whatever fails behind it.

    The session is in `scope["state"]["session"]` for those behind.
    """

    def __init__(self, app: App, *, settings: Settings, find_session: FindSession, find_token: FindSession) -> None:
        self._app = app
        self._settings = settings
        self._find_session, self._find_token = find_session, find_token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Decide about one request."""
        if scope["type"] == "lifespan":  # starting and stopping: nobody asks
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})  # policy violation
            return
        sent = Sent(send, _note_what_it_is_about(scope))
        try:
            await self._let_through(scope, receive, shield(sent, str(scope["path"])))
        except ClientDisconnect:
            return
        except Exception as error:
            failure = self._answer_for(error, scope)
            if not sent.began:
                await failure(scope, receive, shield(sent, str(scope["path"])))
            # Else the answer stays torn, and the server closes the connection: nobody takes it for a whole one.

    async def _let_through(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers, path = Headers(scope=scope), str(scope["path"])
        scope.setdefault("state", {})["session"] = None
        session: SessionRecord | None = None
        if not PUBLIC.fullmatch(path):  # what is open to all does not fail with the store
            session = scope["state"]["session"] = await self._session(headers)
        refusal = self._refuse(scope, headers, session)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        if is_page(path):
            # a page must come plain: a nonce is written into it
            scope["headers"] = [(k, v) for k, v in scope["headers"] if k != b"accept-encoding"]
        await self._app(scope, bounded(receive, limit=_largest(path)), send)

    def _answer_for(self, error: Exception, scope: Scope) -> Response:
        """In words, and noted in the server's log, once."""
        if isinstance(error, HTTPException):  # `bounded`'s, to whoever reads a body outside of FastAPI
            return refuse(scope, error.status_code, "http", error.detail, headers=error.headers)
        failure = failure_of(error, Home(self._settings.home, is_told=scope["state"]["session"] is not None))
        asked = f"{scope['method']} {scope['path']!r}"
        if failure is not None:
            log.warning("%s was answered %d, %s: %s", asked, failure.status, failure.code, _first_line(error))
            headers = {"retry-after": str(TRY_AGAIN_AFTER_S)}
            return refuse(scope, failure.status, failure.code, failure.message, title=failure.title, headers=headers)
        reference = secrets.token_hex(4)
        log.error("%s failed, reference %s.", asked, reference, exc_info=error)
        words = f"The server failed at this, and saved nothing by it. Try again; if it stays, tell a lead: {reference}."
        return refuse(scope, 500, "server_error", words, title="The server failed at this")

    async def _session(self, headers: Headers) -> SessionRecord | None:
        if _brings_token(headers):  # then no cookie counts: which of the two was meant could be guessed wrong
            named = BEARER.fullmatch(headers["authorization"].strip())
            return await to_thread.run_sync(self._find_token, named[1]) if named else None
        token = cookie_parser(headers.get("cookie", "")).get(cookie_name(self._settings))
        return await to_thread.run_sync(self._find_session, token) if token else None  # the store may wait

    def _refuse(self, scope: Scope, headers: Headers, session: SessionRecord | None) -> Response | None:
        method, path = str(scope["method"]), str(scope["path"])
        host = _host(headers.get("host", ""))
        # first: another site may have a name of its own lead here (DNS rebinding)
        if host not in self._settings.allowed_hosts and path != PLAIN_STYLE:
            if sees_page(scope):
                return HTMLResponse(unknown_host_page(host), 400)
            words = (
                "this server does not answer for that host name. Its setting SSPCM_ALLOWED_HOSTS lists those it does."
            )
            return refuse(scope, 400, "unknown_host", words)
        if method in UNSAFE and not _same_origin(headers):
            words = "this request came from another site. Open the page itself and try again."
            return refuse(scope, 403, "cross_site", words)
        if _length(headers) > _largest(path):
            words = too_large(_largest(path))  # as announced; `bounded` counts what comes
            return refuse(scope, 413, "too_large", words)
        if PUBLIC.fullmatch(path):
            return None
        if session is None:
            return _refuse_token(scope) if _brings_token(headers) else _ask_to_sign_in(scope)
        if session.scope is not None and not _is_within(session, method, path):
            words = f"the token '{session.token}' has the scope '{session.scope}', which does not cover this."
            return refuse(scope, 403, "scope", f"{words} Make one of a wider scope, or do it on the page.")
        if LEADS_ONLY.fullmatch(path) and session.user.role != "lead":
            if sees_page(scope):
                return HTMLResponse(leads_only_page(session.user.name, session.user.role), 403)
            return refuse(scope, 403, "leads_only", "this page is for leads. Ask a lead, or sign in as one.")
        if REVIEWERS_ONLY.fullmatch(path) and session.user.role not in ("reviewer", "lead"):
            if sees_page(scope):
                return HTMLResponse(reviewers_only_page(session.user.name), 403)
            words = "this is for reviewers and leads. Ask a lead to make you a reviewer."
            return refuse(scope, 403, "reviewers_only", words)
        if not _exists(path):
            if sees_page(scope):
                return HTMLResponse(nothing_here_page(), 404)  # after the log-in: strangers are told no path
            return refuse(scope, 404, "not_found", "there is nothing at this address.")
        # A token comes in no cookie, so that no other site can send it.
        if method in UNSAFE and session.scope is None and _needs_token(path) and not _token_matches(headers, session):
            return refuse(scope, 403, "csrf", "the page's token does not match the session. Reload the page.")
        return None


class Sent:
    """Passes answers on with the request's name, and knows whether one has begun."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send, self._request_id = send, request_id
        self.began = False

    async def __call__(self, message: Message) -> None:
        """Send on."""
        self.began = True
        if message["type"] == "http.response.start":
            MutableHeaders(raw=message["headers"])["x-request-id"] = self._request_id
        await self._send(message)


def _note_what_it_is_about(scope: Scope) -> str:
    """For the log: the request's own name, or one made now, and the image in its address. The name."""
    named = Headers(scope=scope).get("x-request-id", "")
    request_id = named if NAME_OF_REQUEST.fullmatch(named) else secrets.token_hex(8)
    image = IMAGE_IN_PATH.match(str(scope["path"]))
    REQUEST.set(request_id)
    IMAGE.set(int(image[1]) if image else None)
    return request_id


def _exists(path: str) -> bool:
    """Whether a route may be there. Asking a disk for a longer name than any file can have is an error, not a no."""
    can_be = max(len(part) for part in path.encode(errors="replace").split(b"/")) <= LONGEST_NAME
    return can_be and len(path) <= LONGEST_PATH and bool(OURS.fullmatch(path) or GRADIO.fullmatch(path))


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


def _needs_token(path: str) -> bool:
    """Our own routes; Gradio's client cannot send the token, the check of the origin covers its routes."""
    return path == "/logout" or path.startswith("/api/")


def _token_matches(headers: Headers, session: SessionRecord) -> bool:
    # in a time that tells nothing of the token
    return secrets.compare_digest(headers.get(CSRF_HEADER, "").encode(), session.csrf.encode())


def _brings_token(headers: Headers) -> bool:
    """What else is authorised so, as "Basic" is, may be a proxy's in front of us."""
    return headers.get("authorization", "").lower().startswith("bearer")


def _is_within(session: SessionRecord, method: str, path: str) -> bool:
    """Whether the token that asks covers this; what its owner may not do, it does not either."""
    if not BY_TOKEN.fullmatch(path):
        return False
    if method not in UNSAFE:
        return session.scope != "read" or path != "/api/next"  # which holds an image for whoever asks
    if path.startswith("/api/team"):
        return False
    return session.scope == "lead" or (session.scope == "label" and LABELLING.fullmatch(path) is not None)


def _refuse_token(scope: Scope) -> Response:
    words = "this token opens nothing: it was revoked, is over, or is mistyped. Send 'Authorization: Bearer pl_...'."
    return refuse(scope, 401, "no_such_token", words, headers={"www-authenticate": "Bearer"})


def _ask_to_sign_in(scope: Scope) -> Response:
    path = str(scope["path"])
    if sees_page(scope) and scope["method"] in ("GET", "HEAD"):
        return RedirectResponse("/login" if path == "/" else f"/login?next={quote(path)}", 303)
    return refuse(scope, 401, "signed_out", "nobody is signed in. Sign in at /login and try again.")


def _first_line(error: BaseException) -> str:
    """Its kind and words, without the statement and the values that a database's error carries."""
    said = str(getattr(error, "orig", None) or error).strip() or "no words"  # SQLAlchemy's own words hold the values
    return f"{type(error).__name__}: {said.splitlines()[0]}"
