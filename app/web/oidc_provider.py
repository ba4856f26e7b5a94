"""An OpenID Connect provider, asked who somebody is. Only this module knows authlib and joserfc."""

import logging
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from app.home.oidc_settings import OidcSettings, is_safe

SCOPE = "openid email profile"
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures by a key pair: never 'none', and no secret that others have as well."""
TIMEOUT_S = 5.0
KEPT_S = 3600.0
KEYS_AGAIN_S = 60.0
"""A key that is not known is asked for, but not at every try."""
LEEWAY_S = 60
LARGEST_ANSWER = 1_000_000

log = logging.getLogger(__name__)


class ProviderAway(RuntimeError):
    """The provider did not answer, or not as one does: the same may succeed later."""


class NotProven(RuntimeError):
    """What came back does not prove who somebody is."""


@dataclass(frozen=True)
class Begun:
    """A sign-in that a browser takes to the provider. Only that browser may bring it back."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Claims:
    """Who somebody is, as the provider signed it. email: only where the provider says it verified it."""

    issuer: str
    subject: str
    email: str | None
    name: str | None
    values: Mapping[str, Any]


@dataclass
class Provider:
    """Its configuration and keys are asked for when first needed, and kept for an hour. Threads may share it."""

    settings: OidcSettings
    redirect: str
    clock: Callable[[], float] = time.monotonic
    _told: dict[str, Any] = field(default_factory=dict)
    _told_at: float = float("-inf")
    _keys: KeySet | None = None
    _keys_at: float = float("-inf")
    _asking: threading.Lock = field(default_factory=threading.Lock)

    def begin(self) -> Begun:
        """Where to send a browser. Raises ProviderAway."""
        told = self._configuration()
        nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
        with self._client() as client:
            address, state = client.create_authorization_url(
                told["authorization_endpoint"], code_verifier=verifier, nonce=nonce, state=secrets.token_urlsafe(32)
            )
        return Begun(address, state, nonce, verifier)

    def finish(self, *, code: str, verifier: str, nonce: str) -> Claims:
        """Who brought that code. Raises ProviderAway, NotProven."""
        told = self._configuration()
        try:
            with self._client() as client:
                token = client.fetch_token(told["token_endpoint"], code=code, code_verifier=verifier)
        except (AuthlibBaseError, httpx2.HTTPStatusError) as error:
            raise NotProven(f"the provider did not take the code ({_said(error)})") from error
        except (httpx2.HTTPError, ValueError) as error:
            raise self._away(error) from error
        id_token = token.get("id_token")
        if not isinstance(id_token, str):
            raise NotProven("the provider sent no id token")
        return self.verified(id_token, nonce=nonce)

    def verified(self, id_token: str, *, nonce: str) -> Claims:
        """What an id token proves. Raises NotProven, ProviderAway."""
        claims = self._decoded(id_token)
        registry = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_S,
            iss={"essential": True, "value": self.settings.issuer},
            aud={"essential": True, "value": self.settings.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            registry.validate(claims)
        except JoseError as error:
            raise NotProven(f"the id token does not hold ({_said(error)})") from error
        subject, audience, party = claims["sub"], claims["aud"], claims.get("azp")
        many = isinstance(audience, list) and len(audience) > 1
        if party not in ((self.settings.client_id,) if many else (self.settings.client_id, None)):
            raise NotProven("the id token was made for another program")
        if not isinstance(subject, str) or not 0 < len(subject) <= 255 or not subject.isprintable():
            raise NotProven("the id token names nobody")
        email = str(claims.get("email", "")).casefold() if claims.get("email_verified") is True else None
        name = claims.get("preferred_username") or claims.get("name")
        return Claims(
            issuer=self.settings.issuer,
            subject=subject,
            email=_short(email, 320),
            name=_short(name, 64),
            values=claims,
        )

    def _decoded(self, id_token: str) -> dict[str, Any]:
        for keys in (self._key_set(), None):
            try:
                return dict(jwt.decode(id_token, keys or self._key_set(anew=True), algorithms=ALGORITHMS).claims)
            except (JoseError, ValueError) as error:
                if keys is None:
                    raise NotProven(f"the id token is not signed by the provider ({_said(error)})") from error
        raise AssertionError("the second try returns or raises")

    def _configuration(self) -> dict[str, Any]:
        with self._asking:
            if self.clock() - self._told_at > KEPT_S:
                told = self._get(f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration")
                if told.get("issuer") != self.settings.issuer:
                    raise ProviderAway(
                        f"it calls itself {str(told.get('issuer'))!r:.200}; wanted the issuer as it is set"
                    )
                for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                    if not is_safe(str(told.get(name))):
                        raise ProviderAway(f"its {name} is no address that begins with https://")
                self._told, self._told_at = told, self.clock()
            return self._told

    def _key_set(self, *, anew: bool = False) -> KeySet:
        address = self._configuration()["jwks_uri"]
        with self._asking:
            age = self.clock() - self._keys_at
            if self._keys is None or age > KEPT_S or (anew and age > KEYS_AGAIN_S):
                try:
                    self._keys = KeySet.import_key_set(self._get(address))  # type: ignore[arg-type]
                except (JoseError, KeyError, TypeError) as error:
                    raise self._away(error) from error
                self._keys_at = self.clock()
            return self._keys

    def _get(self, address: str) -> dict[str, Any]:
        try:
            with httpx2.stream("GET", address, timeout=TIMEOUT_S, follow_redirects=False) as answer:
                answer.raise_for_status()
                content = b""
                for chunk in answer.iter_bytes():
                    content += chunk
                    if len(content) > LARGEST_ANSWER:
                        raise ValueError("the answer is too large")
            found = httpx2.Response(200, content=content).json()
        except (httpx2.HTTPError, ValueError) as error:
            raise self._away(error) from error
        if not isinstance(found, dict):
            raise ProviderAway("it answered something else than was asked for")
        return found

    def _client(self) -> OAuth2Client:
        return OAuth2Client(
            client_id=self.settings.client_id,
            client_secret=self.settings.client_secret,
            scope=SCOPE,
            redirect_uri=self.redirect,
            code_challenge_method="S256",
            timeout=TIMEOUT_S,
            follow_redirects=False,
        )

    def _away(self, error: Exception) -> ProviderAway:
        return ProviderAway(f"{self.settings.issuer} does not answer as a provider does ({_said(error)})")


def _short(value: object, most: int) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= most and value.isprintable() else None


def _said(error: Exception) -> str:
    """Its kind and, of the provider's own errors, its code: a message could hold what nobody should read in a log."""
    code = getattr(error, "error", "")
    return f"{type(error).__name__}{f': {code}' if isinstance(code, str) and code.isprintable() else ''}"[:120]
