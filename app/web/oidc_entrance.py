"""Signing in by a provider, beside passwords: to it and back, and every refusal in words on the login page."""

import asyncio
import logging
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.home.oidc_settings import OidcSettings
from app.team.first_lead import address_of
from app.web.door import Door, sentence
from app.web.oidc_provider import Claims, NotProven, Provider, ProviderAway
from app.web.oidc_state import KEPT_S, OidcCookie, Waiting
from db.errors import AccountDisabled
from db.people import audit, identities
from db.people.audit import Actor
from db.people.identities import NotAdded, Person
from db.records import UserRecord

PATH, BACK = "/login/oidc", "/login/oidc/callback"
LONGEST = 4000
"""Characters read of what comes back in an address."""
AWAY = "The provider for signing in does not answer just now. Sign in by your password, or try again in a moment."
ELSEWHERE = "This sign-in was not begun in this browser just now, or took longer than ten minutes. Begin it again."
NOT_PROVEN = "The provider's answer does not prove who you are, so nobody was signed in. Begin again, or ask a lead."
GIVEN_UP = "The provider did not sign you in ({}). Begin again, or sign in by your password."

log = logging.getLogger(__name__)
PageWith = Callable[[str, str], str]
"""The login page with a problem, and where to go after signing in."""


def oidc_routes(
    door: Door, settings: OidcSettings, *, secret: bytes, page: PageWith, own_page: Callable[[str], str]
) -> APIRouter:
    """/login/oidc and its way back."""
    routes, here = APIRouter(), address_of(door.settings)
    provider = Provider(settings, f"{here}{BACK}")
    cookie = OidcCookie(secret, prefix="__Host-" if door.settings.secure_cookies else "")

    @routes.get(PATH)
    async def go(request: Request, next: str = "") -> Response:
        wanted = own_page(next[:LONGEST])
        if request.headers.get("host", "") != urlsplit(here).netloc:  # a cookie of this name would not come back
            return RedirectResponse(f"{here}{PATH}?{urlencode({'next': wanted})}", 303)
        try:
            begun = await asyncio.to_thread(provider.begin)
        except ProviderAway as error:
            log.warning("Nobody can sign in by the provider: %s.", error)
            return HTMLResponse(page(AWAY, wanted), 503, headers={"retry-after": "30"})
        answer = RedirectResponse(begun.address, 303)
        sealed = cookie.seal(Waiting(begun.state, begun.nonce, begun.verifier, wanted))
        door.set_cookie(answer, cookie.name, sealed, kept_s=KEPT_S)
        return answer

    @routes.get(BACK)
    async def come_back(request: Request, code: str = "", state: str = "", error: str = "", iss: str = "") -> Response:
        waiting = cookie.open(request.cookies.get(cookie.name, ""), state=state[:LONGEST])
        if waiting is None:
            return refused(ELSEWHERE, "", 400)
        if error or not code:
            said = error[:60] if error.isprintable() and error.isascii() else "it said why in no words"
            return refused(GIVEN_UP.format(said or "no code came"), waiting.next, 401)
        try:
            if iss and iss != settings.issuer:  # another provider's answer brought to this way back (RFC 9207)
                raise NotProven("the answer is another issuer's")
            claims = await asyncio.to_thread(
                lambda: provider.finish(code=code[:LONGEST], verifier=waiting.verifier, nonce=waiting.nonce)
            )
            user = await asyncio.to_thread(lambda: let_in(door, settings, claims))
        except ProviderAway as away:
            log.warning("Nobody can sign in by the provider: %s.", away)
            return refused(AWAY, waiting.next, 503)
        except NotProven as unproven:
            log.warning("A sign-in by the provider was refused: %s.", unproven)
            return refused(NOT_PROVEN, waiting.next, 401)
        except (NotAdded, AccountDisabled) as unwanted:
            return refused(sentence(unwanted), waiting.next, 403)
        answer: Response = RedirectResponse(waiting.next, 303)
        try:
            await door.let_in(answer, user, request)
        except AccountDisabled as disabled:  # since it was looked up
            return refused(sentence(disabled), waiting.next, 403)
        return forgotten(answer)

    def refused(words: str, wanted: str, status: int) -> Response:
        return forgotten(HTMLResponse(page(words, wanted), status))

    def forgotten(answer: Response) -> Response:
        """A state counts once."""
        answer.delete_cookie(cookie.name, httponly=True, samesite="lax", secure=door.settings.secure_cookies)
        return answer

    return routes


def let_in(door: Door, settings: OidcSettings, claims: Claims) -> UserRecord:
    """The account of whoever the provider told of; linked or made now where that may be. Raises NotAdded,
    AccountDisabled."""
    person = Person(claims.issuer, claims.subject, claims.email, claims.name, _is_lead(settings, claims))
    with door.store.reading() as tx:
        known = identities.known(tx, person)
    if known is not None and not identities.changes_role(known, person):
        return known
    with door.store.transaction() as tx:
        user, how = identities.come_in(tx, person, may_be_new=settings.newcomers == "annotator")
        if how != "known":
            told = {"by": settings.issuer[:200], "role": user.role}
            audit.note(tx, Actor(user.name, "provider", user), f"account {how} by sign-in", user.name, told)
        elif known is not None and known.role != user.role:
            told = {"from": known.role, "to": user.role}
            audit.note(tx, Actor(user.name, "provider", user), "role changed by sign-in", user.name, told)
    return user


def _is_lead(settings: OidcSettings, claims: Claims) -> bool | None:
    if settings.role_claim is None:
        return None
    told = claims.values.get(settings.role_claim)
    values = told if isinstance(told, list) else [told]
    return any(value in settings.leads for value in values if isinstance(value, str))
