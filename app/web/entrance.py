"""Signing in and out."""

import asyncio
import logging
import math
from collections.abc import Callable
from dataclasses import replace

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.exc import SQLAlchemyError

from app.home.failures import TRY_AGAIN_AFTER_S
from app.home.settings import Settings
from app.team import accounts
from app.team.first_lead import make_first_lead
from app.web.guard import cookie_name
from app.web.known_browsers import KEPT_S, KnownBrowsers, server_secret
from app.web.link_pages import choose_password_page, first_lead_page
from app.web.login_budget import Attempt, LoginBudget, one_account, one_sender
from app.web.login_page import login_page
from app.web.password_line import LineIsFull, PasswordLine
from db.clock import utc_now
from db.errors import AccountDisabled, InvalidAccount, LinkSpent, StoreError
from db.people import links, sessions, users
from db.records import UserRecord
from db.store.session import Store

LONGEST_NAME = 1000
"""Characters read of what was typed as a name; an account's has far fewer."""
# The first that is there: Edge and Opera call themselves Chrome too, and Chrome calls itself Safari.
_BROWSERS = (("Firefox/", "Firefox"), ("Edg/", "Edge"), ("OPR/", "Opera"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


_WAIT = "Too many links that open nothing were tried from here. Wait {} s, then try again."

log = logging.getLogger(__name__)


def entrance_routes(store: Store, settings: Settings) -> APIRouter:
    """/login and /logout: where strangers come in, so each of their tries is counted, and costs little."""
    routes = APIRouter()
    budget = LoginBudget()
    known = KnownBrowsers(server_secret(settings.home), prefix="__Host-" if settings.secure_cookies else "")

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

    def open_session(user: UserRecord, browser: str) -> str:
        with store.transaction() as tx:
            return sessions.open_session(tx, user, now=utc_now(), hours=settings.session_hours, browser=browser)[0]

    async def let_in(answer: Response, user: UserRecord, request: Request) -> Response:
        """The answer, with the cookie of a new session."""
        browser = browser_named(request.headers.get("user-agent", ""))
        token = await asyncio.to_thread(open_session, user, browser)  # it writes, and may wait for its turn
        _set(answer, settings, cookie_name(settings), token, kept_s=int(settings.session_hours * 3600))
        return answer

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
        # uvicorn has put a forwarded address there, where a trusted proxy sent it.
        attempt = Attempt(account, one_sender(request.client.host if request.client else ""))
        attempt = replace(attempt, browser=known.browser_of(request.cookies, account))
        verdict = budget.admit(attempt)
        if verdict.refused_s > 0:
            return _wait(name, next, verdict.refused_s)
        right: bool | None = False  # also where the browser goes away before it hears
        try:
            await asyncio.sleep(verdict.slowed_s)
            user = await line.check(name, password)
            right = user is not None
        except LineIsFull:
            right = None
            return _come_again(name, next)
        except AccountDisabled as error:  # the password was right
            right = None
            return HTMLResponse(login_page(name=name, next_page=next, problem=_sentence(error)), 403)
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
            await let_in(answer, user, request)
        except AccountDisabled as error:  # since its password was looked at
            return HTMLResponse(login_page(name=name, next_page=next, problem=_sentence(error)), 403)
        _set(answer, settings, known.cookie_name(account), known.cookie_for(account, attempt.browser), kept_s=KEPT_S)
        return answer

    @routes.api_route("/login/link", methods=["GET", "HEAD"])
    async def link() -> HTMLResponse:
        return HTMLResponse(choose_password_page())

    def require_link(key: str) -> None:
        with store.reading() as tx:
            if not links.may_open(tx, key, now=utc_now()):
                raise LinkSpent(links.SPENT)

    async def by_link(request: Request, key: str, opened: Callable[[], UserRecord]) -> UserRecord | int:
        """Whose it is, or how many seconds to wait: keys are tried as slowly as passwords are, by address."""
        attempt = Attempt("", one_sender(request.client.host if request.client else ""))
        verdict = budget.admit(attempt)
        if verdict.refused_s > 0:
            return math.ceil(verdict.refused_s)
        right: bool | None = None  # a password that is too short is no wrong key
        try:
            await asyncio.to_thread(require_link, key)
            return await asyncio.to_thread(opened)
        except LinkSpent:
            right = False
            raise
        finally:
            budget.settle(attempt, right=right)

    @routes.post("/login/link")
    async def open_link(request: Request, key: str = Form(""), password: str = Form("")) -> Response:
        key = key[:LONGEST_NAME]
        try:
            user = await by_link(request, key, lambda: accounts.choose_password(store, key, password))
        except (LinkSpent, InvalidAccount) as error:
            return HTMLResponse(choose_password_page(key=key, problem=_sentence(error)), 422)
        if isinstance(user, int):
            return _too_many(choose_password_page(key=key, problem=_WAIT.format(user)), user)
        return await let_in(RedirectResponse("/", 303), user, request)

    @routes.api_route("/login/first", methods=["GET", "HEAD"])
    async def first() -> HTMLResponse:
        return HTMLResponse(first_lead_page())

    @routes.post("/login/first")
    async def make_first(
        request: Request, key: str = Form(""), name: str = Form(""), password: str = Form("")
    ) -> Response:
        name, key = name[:LONGEST_NAME], key[:LONGEST_NAME]
        try:
            if await asyncio.to_thread(has_accounts):
                raise LinkSpent(links.HAS_ACCOUNTS)
            lead = await by_link(request, key, lambda: make_first_lead(store, settings.home, key, name, password))
        except (LinkSpent, InvalidAccount) as error:
            return HTMLResponse(first_lead_page(key=key, name=name, problem=_sentence(error)), 422)
        if isinstance(lead, int):
            return _too_many(first_lead_page(key=key, name=name, problem=_WAIT.format(lead)), lead)
        return await let_in(RedirectResponse("/", 303), lead, request)

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


def _too_many(page: str, wait_s: int) -> Response:
    return HTMLResponse(page, 429, headers={"retry-after": str(wait_s)})


def browser_named(user_agent: str) -> str:
    """What a browser calls itself, as people know it: "Firefox on Linux". "" where it cannot be told."""
    name = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return f"{name} on {system}" if name and system else name or system


def _sentence(error: Exception) -> str:
    said = str(error)
    return said[:1].upper() + said[1:]


def _wait(name: str, next_page: str, wait_s: float) -> Response:
    seconds = math.ceil(wait_s)
    problem = (
        f"Too many passwords were wrong, or are tried at once, from here. Wait {seconds} s, then try again. "
        "A browser in which you have signed in before need not wait."
    )
    page = login_page(name=name, next_page=next_page, problem=problem)
    return HTMLResponse(page, 429, headers={"retry-after": str(seconds)})


def _come_again(name: str, next_page: str) -> Response:
    problem = f"Many people sign in just now. Try again in {TRY_AGAIN_AFTER_S} s."
    page = login_page(name=name, next_page=next_page, problem=problem)
    return HTMLResponse(page, 503, headers={"retry-after": str(TRY_AGAIN_AFTER_S)})


def _set(answer: Response, settings: Settings, name: str, value: str, *, kept_s: int) -> None:
    answer.set_cookie(name, value, max_age=kept_s, httponly=True, samesite="lax", secure=settings.secure_cookies)


def _own_page(wanted: str) -> str:
    """Where to go after signing in: a page of ours, never another site's."""
    # Browsers leave out tabs and line ends, so "/\t/evil.example" would be "//evil.example".
    inside = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if inside else "/"
