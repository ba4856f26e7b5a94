"""Every route for everybody who may ask: strangers, annotators, reviewers, leads, and tokens of each scope.

The routes are the application's own: one that is added later is asked as well, and whoever adds it says who may.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.app.web.served import Server

PUBLIC = {
    "/login", "/login/link", "/login/first", "/healthz", "/readyz", "/metrics", "/manifest.json", "/favicon.ico",
}  # fmt: skip
LABELLING = {
    f"/api/{name}"
    for name in (
        "accept",
        "skip",
        "not-a-person",
        "reopen",
        "persons",
        "finish",
        "reopen-image",
        "heartbeat",
        "release",
    )
}
REVIEWING = {"/api/review", "/api/review/undo"}
REVIEW_LOOKED_AT = {"/api/review", "/api/review/next", "/api/review/file"}
LOOKING = {
    "/api/first-step", "/api/images/1/previous", "/api/images/1/task", "/api/next", "/api/persons/1/history",
    "/api/recent", "/api/session", "/api/sheet", "/api/sheet/filters", "/api/review/own",
}  # fmt: skip
OWN_ACCOUNT = {
    "/api/account", "/api/account/others", "/api/account/password", "/api/account/tokens",
    "/api/account/tokens/1/revoke",
}  # fmt: skip
TEAM_READ = {
    "/api/team", "/api/team/figures", "/api/team/figures/file", "/api/team/log", "/api/team/log/file",
}  # fmt: skip
TEAM = TEAM_READ | {"/api/team/1", "/api/team/backup", "/api/team/backup/file"}
WORK = {"/api/work", "/api/work/take", "/api/work/1/take"}
WHO = (
    "nobody", "ann", "rev", "lea", "ann:read", "ann:label", "rev:read", "rev:label", "lea:read", "lea:label",
    "lea:lead",
)  # fmt: skip


def may(who: str, method: str, path: str) -> bool:
    """Whether they get past the guard, as docs/team.md says."""
    name, _, scope = who.partition(":")
    if name == "nobody":
        return False
    reviewers = path in REVIEWING | REVIEW_LOOKED_AT
    if reviewers and name not in ("rev", "lea"):
        return False
    leads = path.startswith("/api/") and not reviewers and path not in LABELLING | LOOKING | OWN_ACCOUNT
    if leads and name != "lea":
        return False
    if not scope:
        return True
    if path in OWN_ACCOUNT or (path in TEAM and (method == "POST" or path not in TEAM_READ)):
        return False
    if method == "GET":
        return scope != "read" or path != "/api/next"  # which holds an image
    return scope == "lead" or (scope == "label" and path in LABELLING | REVIEWING)


@contextmanager
def client_of(server: Server, who: str) -> Iterator[httpx.Client]:
    name, _, scope = who.partition(":")
    with server.client(None if name == "nobody" else name) as client:
        if not scope:
            yield client
            return
        made = client.post("/api/account/tokens", json={"name": who, "scope": scope})
        assert made.status_code == 201, made.text
        with server.client() as program:
            program.headers["Authorization"] = f"Bearer {made.json()['token']}"
            yield program


@pytest.mark.parametrize("who", WHO)
def test_every_route_lets_in_whom_it_should_and_nobody_else(server: Server, who: str) -> None:
    ours = {path for path in server.paths if path.startswith("/api/")}
    assert {"/api/accept", "/api/rounds", "/api/team", "/api/account"} <= ours
    everything = LABELLING | LOOKING | OWN_ACCOUNT | TEAM | WORK | REVIEWING | REVIEW_LOOKED_AT
    assert ours >= everything, "a route that is gone"
    with client_of(server, who) as client:
        for path in sorted(ours):
            for method in ("GET", "POST"):
                # What is no JSON gets past the guard and changes nothing.
                answered = client.request(method, path, content=b"[" if method == "POST" else None)
                refused = {401} if who == "nobody" else {403}
                assert (answered.status_code not in {401, 403}) == may(who, method, path), (method, path, answered.text)
                assert may(who, method, path) or answered.status_code in refused, (method, path)


@pytest.mark.parametrize("who", WHO)
def test_pages_are_for_people_and_never_for_tokens(server: Server, who: str) -> None:
    everybody = ("ann", "rev", "lea")
    pages = {"/annotate/": everybody, "/sheet/": everybody, "/team/": everybody, "/review/": ("rev", "lea")}
    with client_of(server, who) as client:
        for page, people in (pages | {"/lead/": ("lea",), "/cameras/": ("lea",)}).items():
            assert (client.get(page).status_code == 200) == (who in people), page


@pytest.mark.parametrize(("name", "page"), [("ann", "/annotate/"), ("rev", "/review/"), ("lea", "/lead/")])
def test_everybody_comes_in_on_the_page_of_their_work(server: Server, name: str, page: str) -> None:
    with server.client(name) as client:
        assert client.get("/").headers["location"] == page


def test_nobody_gets_anything_but_the_way_in(server: Server) -> None:
    with server.client() as nobody:
        for path in sorted(server.paths - PUBLIC):
            for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
                assert nobody.request(method, path).status_code == 401, (method, path)
