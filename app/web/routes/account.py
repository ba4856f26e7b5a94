"""One's own account: password, signed-in browsers, API tokens."""

import asyncio

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException

from app.contract.base import IdInAddress
from app.contract.team import MakeTokenMessage, OwnAccountPayload, PasswordMessage, TokenMadePayload
from app.team import accounts
from app.team.told import account_told
from app.web.guard import cookie_name
from app.web.login_budget import Attempt, LoginBudget, one_account
from app.web.opened import OpenHome
from app.web.who import session_of
from db.errors import WrongPassword
from db.people import sessions


def account_routes(home: OpenHome) -> APIRouter:
    """What everybody may ask of their own account, signed in at a browser."""
    api = APIRouter()
    store, settings, budget = home.store, home.settings, LoginBudget()

    @api.get("/api/account")
    def show(request: Request) -> OwnAccountPayload:
        with store.reading() as tx:
            return account_told(tx, session_of(request), token_of(request), settings)

    @api.post("/api/account/password")
    async def change_password(request: Request, message: PasswordMessage) -> OwnAccountPayload:
        session, token = session_of(request), token_of(request)
        # Who found a browser signed in guesses no faster here than at the door.
        attempt = Attempt(one_account(session.user.name), "", browser=sessions.id_of(token))
        verdict = budget.admit(attempt)
        if verdict.refused_s > 0:
            raise HTTPException(429, "two tries at once from one browser; send one after the other")
        right: bool | None = False
        try:
            await asyncio.sleep(verdict.slowed_s)
            await asyncio.to_thread(accounts.change_password, store, session, token, message.old, message.new)
            right = True
        except WrongPassword:
            raise
        except Exception:  # the new one is too short, say, or the store is away
            right = None
            raise
        finally:
            budget.settle(attempt, right=right)
        return await asyncio.to_thread(show, request)

    @api.post("/api/account/others")
    def sign_others_out(request: Request) -> OwnAccountPayload:
        accounts.sign_others_out(store, session_of(request), token_of(request))
        return show(request)

    @api.post("/api/account/tokens", status_code=201)
    def make_token(request: Request, message: MakeTokenMessage) -> TokenMadePayload:
        token, _ = accounts.make_token(store, session_of(request), message.name, message.scope, message.days)
        return TokenMadePayload(token=token, account=show(request))

    @api.post("/api/account/tokens/{token_id}/revoke")
    def revoke_token(request: Request, token_id: IdInAddress) -> OwnAccountPayload:
        accounts.revoke_token(store, session_of(request), token_id)
        return show(request)

    def token_of(request: Request) -> str:
        return request.cookies.get(cookie_name(settings), "")

    return api
