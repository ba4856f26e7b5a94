"""What is answered instead of what was asked for: a page for people, JSON for programs; what it was, and the way on."""

import html
from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, JSONResponse, Response

from app.web.asgi import Scope
from app.web.plain_page import plain_page
from db.records import Role

TITLES = {
    400: "This request makes no sense",
    404: "Nothing is here",
    405: "Not this way",
    408: "It took too long",
    413: "That is too much at once",
    503: "Not just now",
}
"""What a page says on top, by status."""
OPENED = ("/api/export",)
"""Of the routes for programs, those that people open as well, by a link or by their address."""


def refuse(
    scope: Scope,
    status: int,
    code: str,
    message: str,
    *,
    title: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The refusal, as whoever asked can read it. The message may be shown to the person."""
    message = message.encode("utf-8", "backslashreplace").decode()  # it may repeat half a character of the request
    if sees_page(scope):
        shown = title or TITLES.get(status, "This did not work")
        return HTMLResponse(_refusal(shown, message), status, headers)
    return JSONResponse({"error": {"code": code, "message": message}}, status, headers)


def sees_page(scope: Scope) -> bool:
    """Whether a person looks at the answer, rather than a program of ours or of others."""
    path = str(scope["path"])
    for_programs = path.startswith("/api/") and path not in OPENED
    return not for_programs and "text/html" in Headers(scope=scope).get("accept", "")


def leads_only_page(name: str, role: Role) -> str:
    """For somebody else who opened a page of the leads."""
    is_what = "a reviewer" if role == "reviewer" else "an annotator"
    return _refusal(
        "This page is for leads",
        f"You are signed in as {name}, {is_what}. Rounds, counts and exports are on the leads' page: "
        "ask a lead, or sign out and sign in as one.",
    )


def reviewers_only_page(name: str) -> str:
    """For an annotator who opened the page of the reviewers."""
    return _refusal(
        "This page is for reviewers",
        f"You are signed in as {name}, an annotator. Reviewers look at labels of others here: ask a lead to make you "
        "one. What came back of your own labels is in the editor.",
    )


def nothing_here_page() -> str:
    """For an address that does not exist."""
    return _refusal(TITLES[404], "There is no page at this address. Check it for a misprint.")


def unknown_host_page(host: str) -> str:
    """For whoever asked under a name that the server does not answer for. `host`: that name, without port."""
    title = "This server does not answer for that name"
    why = "A server answers only for the names that its settings list, so that no other site can speak for it."
    given = f"SSPCM_ALLOWED_HOSTS=localhost,127.0.0.1,{host or 'NAME'}"
    return plain_page(
        title,
        f"<h1>{title}</h1>\n"
        f'<p class="what">You asked for <b>{html.escape(host or "no host")}</b>. {why}</p>\n'
        '<p class="what">Whoever runs it starts it again with that name in the list:</p>\n'
        f"<p><code>{html.escape(given)}</code></p>",
    )


def _refusal(title: str, text: str) -> str:
    back = '<a class="button" href="/annotate/">Go to the images</a>'
    return plain_page(title, f'<h1>{html.escape(title)}</h1>\n<p class="what">{html.escape(text)}</p>\n{back}')
