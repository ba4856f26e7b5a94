"""A provider is named by the environment, whole or not at all."""

import pytest

from app.home.oidc_settings import OidcError, is_safe, read_oidc

WHOLE = {
    "SSPCM_OIDC_ISSUER": "https://login.example.org/realms/pose",
    "SSPCM_OIDC_CLIENT_ID": "labelling",
    "SSPCM_OIDC_CLIENT_SECRET": "hush",
}


def test_without_settings_there_is_no_provider() -> None:
    assert read_oidc({}) is None and read_oidc({"SSPCM_OIDC_ISSUER": " "}) is None


def test_what_is_told_is_read_and_the_secret_never_shown() -> None:
    more = {"SSPCM_OIDC_ROLE_CLAIM": "groups", "SSPCM_OIDC_LEADS": "a, b,", "SSPCM_OIDC_NEW": "annotator"}
    told = read_oidc(WHOLE | more)
    assert told is not None and "hush" not in repr(told)
    assert (told.issuer, told.newcomers, told.role_claim, told.leads) == (
        WHOLE["SSPCM_OIDC_ISSUER"], "annotator", "groups", ("a", "b"),
    )  # fmt: skip
    usual = read_oidc(WHOLE)
    assert usual is not None and (usual.newcomers, usual.name, usual.role_claim) == ("refused", "single sign-on", None)


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_half_a_provider_is_none(name: str) -> None:
    with pytest.raises(OidcError, match=f"{name} is not set") as raised:
        read_oidc({**WHOLE, name: ""})
    assert "hush" not in str(raised.value)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"SSPCM_OIDC_ISSUER": "http://login.example.org"}, "begins with https://"),
        ({"SSPCM_OIDC_ISSUER": "login.example.org"}, "begins with https://"),
        ({"SSPCM_OIDC_ISSUER": "https://a@login.example.org"}, "begins with https://"),
        ({"SSPCM_OIDC_ISSUER": "https://login.example.org/?x=1"}, "begins with https://"),
        ({"SSPCM_OIDC_NEW": "lead"}, "wanted 'refused' or 'annotator'"),
        ({"SSPCM_OIDC_LEADS": "a"}, "is set alone"),
        ({"SSPCM_OIDC_ROLE_CLAIM": "groups"}, "is set alone"),
    ],
)
def test_what_cannot_be_is_named(more: dict[str, str], said: str) -> None:
    with pytest.raises(OidcError, match=said):
        read_oidc(WHOLE | more)


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://a.example/x", True),
        ("http://127.0.0.1:8080", True),
        ("http://[::1]/", True),
        ("http://localhost", True),
        ("http://a.example", False),
        ("http://127.0.0.1.evil.example", False),
        ("javascript:alert(1)", False),
        ("https://", False),
        ("https://[", False),
        ("", False),
    ],
)
def test_an_address_is_safe_by_tls_or_on_this_very_machine(address: str, safe: bool) -> None:
    assert is_safe(address) is safe
