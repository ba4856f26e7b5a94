"""What proves who somebody is: a token signed by the provider, for us, just now, in this very sign-in."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

from app.home.oidc_settings import OidcSettings
from app.web.oidc_provider import KEYS_AGAIN_S, LARGEST_ANSWER, NotProven, Provider, ProviderAway

OURS, NONCE = "labelling", "n" * 43
KEY, OTHER = RSAKey.generate_key(2048, {"kid": "one"}), RSAKey.generate_key(2048, {"kid": "two"})


class Pages(dict[str, Any]):
    """What a stand-in answers by path; each as JSON, but for text. asked: the paths, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []


@contextmanager
def serving(pages: Pages) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            pages.asked.append(self.path)
            answer = pages.get(self.path)
            self.send_response(404 if answer is None else 302 if self.path == "/elsewhere" else 200)
            self.end_headers()
            self.wfile.write(answer.encode() if isinstance(answer, str) else json.dumps(answer).encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def pages() -> Pages:
    return Pages()


@pytest.fixture
def provider(pages: Pages) -> Iterator[Provider]:
    with serving(pages) as issuer:
        pages["/.well-known/openid-configuration"] = {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/keys",
        }
        pages["/keys"] = KeySet([KEY]).as_dict(private=False)
        yield Provider(OidcSettings(issuer, OURS, "secret"), "http://127.0.0.1:7860/login/oidc/callback")


def token(provider: Provider, *, key: Any = KEY, header: dict[str, Any] | None = None, **claims: Any) -> str:
    now = int(time.time())
    usual = {"iss": provider.settings.issuer, "aud": OURS, "sub": "ann", "iat": now, "exp": now + 300, "nonce": NONCE}
    told = {name: value for name, value in {**usual, **claims}.items() if value is not None}
    return jwt.encode(header or {"alg": "RS256", "kid": "one"}, told, key, algorithms=["RS256", "HS256", "none"])


def test_a_token_that_the_provider_signed_for_us_just_now_says_who_somebody_is(provider: Provider) -> None:
    told = token(provider, email="Ann@Example.org", email_verified=True, preferred_username="ann", groups=["a"])
    claims = provider.verified(told, nonce=NONCE)
    assert (claims.subject, claims.email, claims.name) == ("ann", "ann@example.org", "ann")
    assert claims.values["groups"] == ["a"]
    assert provider.verified(token(provider, aud=[OURS]), nonce=NONCE).email is None


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": "another program"},
        {"aud": ["another program"]},
        {"aud": [OURS, "another program"]},
        {"aud": [OURS, "another program"], "azp": "another program"},
        {"azp": "another program"},
        {"aud": None},
        {"exp": int(time.time()) - 120},
        {"exp": None},
        {"iat": int(time.time()) + 3600},
        {"nonce": "m" * 43},
        {"nonce": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "a" * 256},
        {"sub": "a\nb"},
    ],
    ids=",".join,  # not the moment, of which each process of a test run has its own
)
def test_claims_that_do_not_hold_prove_nothing(provider: Provider, claims: dict[str, Any]) -> None:
    with pytest.raises(NotProven):
        provider.verified(token(provider, **claims), nonce=NONCE)


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_only_an_address_that_the_provider_verified_counts(provider: Provider, verified: Any) -> None:
    told = token(provider, email="ann@example.org", email_verified=verified)
    assert provider.verified(told, nonce=NONCE).email is None


def test_another_key_no_key_and_a_shared_secret_sign_nothing(provider: Provider) -> None:
    public = json.dumps(KEY.as_dict(private=False))
    forged = [
        token(provider, key=OTHER, header={"alg": "RS256", "kid": "one"}),
        token(provider, key=OctKey.import_key(public * 2), header={"alg": "HS256", "kid": "one"}),
        token(provider, key=OctKey.import_key("secret-secret-secret-secret-secret"), header={"alg": "HS256"}),
        token(provider)[:-8] + "AAAAAAAA",
        "a.b.c",
        "",
    ]
    head, body, _ = token(provider).split(".")
    forged.append(f"eyJhbGciOiJub25lIn0.{body}.")
    forged.append(f"{head}.{body}.")
    for one in forged:
        with pytest.raises(NotProven):
            provider.verified(one, nonce=NONCE)


def test_a_new_key_is_asked_for_but_not_at_every_try(provider: Provider, pages: Pages) -> None:
    now = 0.0
    provider.clock = lambda: now
    provider.verified(token(provider), nonce=NONCE)
    pages["/keys"] = KeySet([OTHER]).as_dict(private=False)
    signed_anew = token(provider, key=OTHER, header={"alg": "RS256", "kid": "two"})
    for _ in range(5):
        with pytest.raises(NotProven):
            provider.verified(signed_anew, nonce=NONCE)
    assert pages.asked.count("/keys") == 1
    now = KEYS_AGAIN_S + 1
    assert provider.verified(signed_anew, nonce=NONCE).subject == "ann"
    assert pages.asked.count("/keys") == 2


@pytest.mark.parametrize(
    ("path", "answer", "said"),
    [
        ("/.well-known/openid-configuration", None, "does not answer"),
        ("/.well-known/openid-configuration", "no json", "does not answer"),
        ("/.well-known/openid-configuration", ["a"], "something else"),
        (
            "/.well-known/openid-configuration",
            {"issuer": "https://evil.example"},
            "calls itself 'https://evil.example'",
        ),
        ("/.well-known/openid-configuration", "x" * (LARGEST_ANSWER + 1), "does not answer"),
        ("/keys", "no json", "does not answer"),
        ("/keys", {"keys": "none"}, "does not answer"),
    ],
)
def test_a_provider_that_answers_otherwise_is_away(
    provider: Provider, pages: Pages, path: str, answer: Any, said: str
) -> None:
    if answer is None:
        del pages[path]
    else:
        pages[path] = answer
    with pytest.raises(ProviderAway, match=said):
        provider.begin()
        provider.verified(token(provider), nonce=NONCE)


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
def test_where_somebody_could_listen_nobody_is_sent(provider: Provider, pages: Pages, name: str) -> None:
    pages["/.well-known/openid-configuration"][name] = "http://provider.example/x"
    with pytest.raises(ProviderAway, match=f"its {name} is no address that begins with https://"):
        provider.begin()


def test_each_sign_in_has_a_state_nonce_and_verifier_of_its_own(provider: Provider) -> None:
    first, second = provider.begin(), provider.begin()
    assert len({first.state, second.state, first.nonce, second.nonce, first.verifier, second.verifier}) == 6
    assert first.verifier not in first.address and "code_challenge_method=S256" in first.address
    assert 43 <= len(first.verifier) <= 128
