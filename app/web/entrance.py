"""Signing in and out."""

import asyncio
import logging
import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.exc import SQLAlchemyError

from app.home.failures import TRY_AGAIN_AFTER_S
from app.home.settings import Settings
from app.web.door import Door, sender_of, sentence, too_many
from app.web.guard import cookie_name
from app.web.known_browsers import KEPT_S, KnownBrowsers, server_secret
from app.web.link_entrance import link_routes
from app.web.login_budget import Attempt, one_account
from app.web.login_page import login_page as page_to_sign_in
from app.web.oidc_entrance import oidc_routes
from app.web.password_line import LineIsFull, PasswordLine
from db.errors import AccountDisabled, StoreError
from db.people import links, sessions, users
from db.records import UserRecord
from db.store.session import Store

LONGEST_NAME = 1000
"""Characters read of what was typed as a name; an account's has far fewer."""

log = logging.getLogger(__name__)


def entrance_routes(store: Store, settings: Settings) -> APIRouter:
    """/login and /logout: where strangers come in, so each of their tries is counted, and costs little."""
    routes, door = APIRouter(), Door(store, settings)
    budget = door.budget
    routes.include_router(link_routes(door))
    secret, provider = server_secret(settings.home), settings.oidc.name if settings.oidc else None
    login_page = partial(page_to_sign_in, provider=provider)
    if settings.oidc is not None:

        def page_with(words: str, wanted: str) -> str:
            return login_page(problem=words, next_page=wanted)

        routes.include_router(oidc_routes(door, settings.oidc, secret=secret, page=page_with, own_page=_own_page))
    known = KnownBrowsers(secret, prefix="__Host-" if settings.secure_cookies else "")

    def has_accounts() -> bool:
        try:
            with store.reading() as tx:
                return links.has_accounts(tx)
        except (SQLAlchemyError, StoreError) as error:  # the page that strangers see does not fail with the store
            log.info("Whether there is an account is not known: %s", type(error).__name__)
            return True

    def check(name: str, password: str) -> UserRecord | None:
        with store.reading() as tx:
            return users.authenticate(tx, name, password)

    line = PasswordLine(check)

    @routes.api_route("/login", methods=["GET", "HEAD"])
    def login(next: str = "") -> HTMLResponse:
        return HTMLResponse(login_page(next_page=next, has_accounts=has_accounts()))

    @routes.post("/login")
    async def sign_in(
        request: Request, name: str = Form(""), password: str = Form(""), next: str = Form("")
    ) -> Response:
        name = name[:LONGEST_NAME]
        account = one_account(name)
        attempt = Attempt(account, sender_of(request))
        attempt = replace(attempt, browser=known.browser_of(request.cookies, account))
        verdict = budget.admit(attempt)
        if verdict.refused_s > 0:
            return _wait(login_page, name, next, verdict.refused_s)
        right: bool | None = False  # also where the browser goes away before it hears
        try:
            await asyncio.sleep(verdict.slowed_s)
            user = await line.check(name, password)
            right = user is not None
        except LineIsFull:
            right = None
            return _come_again(login_page, name, next)
        except AccountDisabled as error:  # the password was right
            right = None
            return HTMLResponse(login_page(name=name, next_page=next, problem=sentence(error)), 403)
        except Exception:  # the store is away, say: nobody's password was looked at
            right = None
            raise
        finally:
            budget.settle(attempt, right=right)
        if user is None:
            problem = "That name and password do not belong together. Check both; capitals count in the password."
            return HTMLResponse(login_page(name=name, next_page=next, problem=problem), 401)
        answer = RedirectResponse(_own_page(next), 303)
        try:
            await door.let_in(answer, user, request)
        except AccountDisabled as error:  # since its password was looked at
            return HTMLResponse(login_page(name=name, next_page=next, problem=sentence(error)), 403)
        cookie = known.cookie_for(account, attempt.browser)
        door.set_cookie(answer, known.cookie_name(account), cookie, kept_s=KEPT_S)
        return answer

    @routes.post("/logout")
    def sign_out(request: Request) -> RedirectResponse:
        token = request.cookies.get(cookie_name(settings))
        if token:
            with store.transaction() as tx:
                sessions.close_session(tx, token)
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(cookie_name(settings), httponly=True, samesite="lax", secure=settings.secure_cookies)
        return answer

    return routes


def _wait(login_page: Callable[..., str], name: str, next_page: str, wait_s: float) -> Response:
    seconds = math.ceil(wait_s)
    problem = (
        f"Too many passwords were wrong, or are tried at once, from here. Wait {seconds} s, then try again. "
        "A browser in which you have signed in before need not wait."
    )
    page = login_page(name=name, next_page=next_page, problem=problem)
    return too_many(page, seconds)


def _come_again(login_page: Callable[..., str], name: str, next_page: str) -> Response:
    problem = f"Many people sign in just now. Try again in {TRY_AGAIN_AFTER_S} s."
    page = login_page(name=name, next_page=next_page, problem=problem)
    return HTMLResponse(page, 503, headers={"retry-after": str(TRY_AGAIN_AFTER_S)})


def _own_page(wanted: str) -> str:
    """Where to go after signing in: a page of ours, never another site's."""
    # Browsers leave out tabs and line ends, so "/\t/evil.example" would be "//evil.example".
    inside = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if inside else "/"
