"""Coming in by a one-time link: to choose a password, or as the first lead of a home."""

import asyncio
import math
from collections.abc import Callable

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.team import accounts
from app.team.first_lead import make_first_lead
from app.web.door import Door, sender_of, sentence, too_many
from app.web.link_pages import choose_password_page, first_lead_page
from app.web.login_budget import Attempt
from db.clock import utc_now
from db.errors import InvalidAccount, LinkSpent
from db.people import links
from db.records import UserRecord

LONGEST = 1000
"""Characters read of what was typed; keys and names have far fewer."""
_WAIT = "Too many links that open nothing were tried from here. Wait {} s, then try again."


def link_routes(door: Door) -> APIRouter:
    """/login/link and /login/first."""
    routes = APIRouter()
    home = door.settings.home

    @routes.api_route("/login/link", methods=["GET", "HEAD"])
    async def link() -> HTMLResponse:
        return HTMLResponse(choose_password_page())

    @routes.post("/login/link")
    async def open_link(request: Request, key: str = Form(""), password: str = Form("")) -> Response:
        key = key[:LONGEST]

        def choose() -> UserRecord:
            _require_link(door, key, links.SPENT)
            return accounts.choose_password(door.store, key, password)

        return await _come_in(door, request, choose, lambda problem: choose_password_page(key=key, problem=problem))

    @routes.api_route("/login/first", methods=["GET", "HEAD"])
    async def first() -> HTMLResponse:
        return HTMLResponse(first_lead_page())

    @routes.post("/login/first")
    async def make_first(
        request: Request, key: str = Form(""), name: str = Form(""), password: str = Form("")
    ) -> Response:
        name, key = name[:LONGEST], key[:LONGEST]

        def make() -> UserRecord:
            _require_link(door, key, links.NOT_NEWEST)
            return make_first_lead(door.store, home, key, name, password)

        return await _come_in(door, request, make, lambda problem: first_lead_page(key=key, name=name, problem=problem))

    return routes


async def _come_in(
    door: Door, request: Request, opened: Callable[[], UserRecord], page: Callable[[str], str]
) -> Response:
    """In, or the page with what is wrong. Keys are tried as slowly as passwords are, by address."""
    attempt = Attempt("", sender_of(request))
    verdict = door.budget.admit(attempt)
    if verdict.refused_s > 0:
        wait_s = math.ceil(verdict.refused_s)
        return too_many(page(_WAIT.format(wait_s)), wait_s)
    right: bool | None = None  # a password that is too short is no wrong key
    try:
        user = await asyncio.to_thread(opened)
    except LinkSpent as error:
        right = False
        return HTMLResponse(page(sentence(error)), 422)
    except InvalidAccount as error:
        return HTMLResponse(page(sentence(error)), 422)
    finally:
        door.budget.settle(attempt, right=right)
    return await door.let_in(RedirectResponse("/", 303), user, request)


def _require_link(door: Door, key: str, words: str) -> None:
    """In a reading: a made-up key costs annotators no turn. Raises LinkSpent."""
    with door.store.reading() as tx:
        if not links.may_open(tx, key, now=utc_now()):
            raise LinkSpent(links.HAS_ACCOUNTS if words == links.NOT_NEWEST and links.has_accounts(tx) else words)
