"""The provider by which people may sign in beside passwords (OpenID Connect), as the environment names it."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, cast, get_args
from urllib.parse import urlsplit

Newcomers = Literal["refused", "annotator"]
_PREFIX = "SSPCM_OIDC_"
NAMES = (
    "SSPCM_OIDC_ISSUER",
    "SSPCM_OIDC_CLIENT_ID",
    "SSPCM_OIDC_CLIENT_SECRET",
    "SSPCM_OIDC_NAME",
    "SSPCM_OIDC_NEW",
    "SSPCM_OIDC_ROLE_CLAIM",
    "SSPCM_OIDC_LEADS",
)


class OidcError(ValueError):
    """A setting that cannot be."""


@dataclass(frozen=True)
class OidcSettings:
    """issuer: exactly as the provider writes it. name: what the button calls it.

    newcomers: whether somebody whom no lead added becomes an annotator. role_claim, leads: where set, who has one of
    these values in that claim is a lead from each sign-in on, and whoever has not is none.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str = "single sign-on"
    newcomers: Newcomers = "refused"
    role_claim: str | None = None
    leads: tuple[str, ...] = ()


def read_oidc(environ: Mapping[str, str]) -> OidcSettings | None:
    """None where no provider is named. Raises OidcError; it shows no secret."""
    told = {name.removeprefix(_PREFIX): environ.get(name, "").strip() for name in NAMES}
    if not any(told.values()):
        return None
    for name in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET"):
        if not told[name]:
            raise OidcError(
                f"{_PREFIX}{name} is not set, and other settings of {_PREFIX}* are; wanted the issuer, the client's id "
                "and its secret, as the provider gives them. Set it, or none of them."
            )
    if not is_safe(told["ISSUER"]) or urlsplit(told["ISSUER"]).query or urlsplit(told["ISSUER"]).fragment:
        raise OidcError(
            f"{_PREFIX}ISSUER is '{told['ISSUER']:.200}'; wanted an address that begins with https://, without '?' and "
            "'#', exactly as the provider's own configuration has it. (http:// is for this very machine.)"
        )
    if told["NEW"] not in ("", *get_args(Newcomers)):
        raise OidcError(f"{_PREFIX}NEW is '{told['NEW']:.40}'; wanted 'refused' or 'annotator'. Without it: refused.")
    leads = tuple(value for part in told["LEADS"].split(",") if (value := part.strip()))
    if bool(told["ROLE_CLAIM"]) != bool(leads):
        raise OidcError(
            f"one of {_PREFIX}ROLE_CLAIM and {_PREFIX}LEADS is set alone; wanted both, as in 'groups' and "
            "'pose-leads', or none."
        )
    return OidcSettings(
        issuer=told["ISSUER"],
        client_id=told["CLIENT_ID"],
        client_secret=told["CLIENT_SECRET"],
        name=told["NAME"][:60] or OidcSettings.name,
        newcomers=cast(Newcomers, told["NEW"] or "refused"),
        role_claim=told["ROLE_CLAIM"] or None,
        leads=leads,
    )


def is_safe(address: str) -> bool:
    """Whether nobody between here and there can read or change what is said: TLS, or this very machine."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    if not host or parts.username is not None or not address.isascii() or not address.isprintable():
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_here(host))


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
