"""One's own account: password, signed-in browsers, API tokens."""

from fastapi import APIRouter, Request

from app.contract.base import IdInAddress
from app.contract.team import MakeTokenMessage, OwnAccountPayload, PasswordMessage, TokenMadePayload
from app.team import accounts
from app.team.told import account_told
from app.web.guard import cookie_name
from app.web.opened import OpenHome
from app.web.who import session_of


def account_routes(home: OpenHome) -> APIRouter:
    """What everybody may ask of their own account, signed in at a browser."""
    api = APIRouter()
    store, settings = home.store, home.settings

    @api.get("/api/account")
    def show(request: Request) -> OwnAccountPayload:
        with store.reading() as tx:
            return account_told(tx, session_of(request), token_of(request), settings)

    @api.post("/api/account/password")
    def change_password(request: Request, message: PasswordMessage) -> OwnAccountPayload:
        accounts.change_password(store, session_of(request), token_of(request), message.old, message.new)
        return show(request)

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
