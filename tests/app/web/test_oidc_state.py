"""What a browser keeps while it is at the provider is sealed by the home, for one state and ten minutes."""

from app.web.oidc_state import KEPT_S, OidcCookie, Waiting

WAITING = Waiting("state", "nonce", "verifier", "/sheet/?show=mine")


def test_what_was_sealed_is_opened_for_its_state_alone() -> None:
    cookie = OidcCookie(b"secret")
    value = cookie.seal(WAITING)
    assert cookie.open(value, state="state") == WAITING
    assert cookie.open(value, state="another") is None and cookie.open(value, state="") is None


def test_nothing_else_opens() -> None:
    cookie = OidcCookie(b"secret")
    value = cookie.seal(WAITING)
    for changed in ("", ".", "x.y", value[:-1], "A" + value, OidcCookie(b"another").seal(WAITING), value + "é"):
        assert cookie.open(changed, state="state") is None


def test_it_opens_for_ten_minutes() -> None:
    now = 1000.0
    cookie = OidcCookie(b"secret", clock=lambda: now)
    value = cookie.seal(WAITING)
    now += KEPT_S
    assert cookie.open(value, state="state") == WAITING
    now += 1
    assert cookie.open(value, state="state") is None
    now = 900.0
    assert cookie.open(value, state="state") is None, "a clock that went back"


def test_behind_tls_the_browser_binds_it_to_the_host() -> None:
    assert OidcCookie(b"secret", prefix="__Host-").name == "__Host-oidc"
