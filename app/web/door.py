"""What signing in by a password and by a link share: the budget of wrong tries, and letting somebody in."""

import asyncio
from dataclasses import dataclass, field

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from app.home.settings import Settings
from app.web.browser_names import browser_named
from app.web.guard import cookie_name
from app.web.login_budget import LoginBudget, one_sender
from db.clock import utc_now
from db.people import sessions
from db.records import UserRecord
from db.store.session import Store


@dataclass(frozen=True)
class Door:
    """Where strangers come in to one home."""

    store: Store
    settings: Settings
    budget: LoginBudget = field(default_factory=LoginBudget)

    async def let_in(self, answer: Response, user: UserRecord, request: Request) -> Response:
        """The answer, with the cookie of a new session. Raises AccountDisabled."""
        browser = browser_named(request.headers.get("user-agent", ""))
        token = await asyncio.to_thread(self._open_session, user, browser)  # it writes, and may wait for its turn
        name, kept_s = cookie_name(self.settings), int(self.settings.session_hours * 3600)
        self.set_cookie(answer, name, token, kept_s=kept_s)
        return answer

    def set_cookie(self, answer: Response, name: str, value: str, *, kept_s: int) -> None:
        """One that no script reads and no other site sends."""
        secure = self.settings.secure_cookies
        answer.set_cookie(name, value, max_age=kept_s, httponly=True, samesite="lax", secure=secure)

    def _open_session(self, user: UserRecord, browser: str) -> str:
        hours = self.settings.session_hours
        with self.store.transaction() as tx:
            return sessions.open_session(tx, user, now=utc_now(), hours=hours, browser=browser)[0]


def sender_of(request: Request) -> str:
    """Where a request comes from; uvicorn has put a forwarded address there, where a trusted proxy sent it."""
    return one_sender(request.client.host if request.client else "")


def too_many(page: str, wait_s: int) -> Response:
    """The page that says how long to wait."""
    return HTMLResponse(page, 429, headers={"retry-after": str(wait_s)})


def sentence(error: Exception) -> str:
    """Its words, with a capital."""
    said = str(error)
    return said[:1].upper() + said[1:]
