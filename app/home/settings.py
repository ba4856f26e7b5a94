"""Where the home is, which store, which port: read once at the start, frozen, passed in."""

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, cast, get_args

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from app.home.oidc_settings import OidcError, OidcSettings, read_oidc
from sspcm.images.limits import UNLIMITED, USUAL, Limits

Device = Literal["auto", "cpu", "cuda"]
LogFormat = Literal["plain", "json"]

DEFAULT_HOME = Path("data")
_HOST = re.compile(r"[^\s/:@\[\]*?#]+|\[[0-9a-f:.%]+\]")
"""A name or address as the header Host has it, without its port."""
_BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,62}(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*/?")
_MOST_MILLIONS = min(UNLIMITED.pixels, UNLIMITED.file_bytes) // 1_000_000


SHORTEST_TOKEN = 16
GRADIO_ENVIRONMENT = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_OFFLINE": "1",
    # Gradio summarises its events in a data frame; this keeps that rare and small.
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "100000000",
    "GRADIO_ANALYTICS_MAX_EVENTS": "100",
}
"""Read by Gradio when it is imported: no telemetry, no look-ups of other hosts."""


class SettingsError(ValueError):
    """An environment variable or option that cannot be."""


@dataclass(frozen=True)
class Settings:
    """Everything a process of the application needs to know before it starts."""

    home: Path
    database_url: str = field(repr=False)
    """May hold a password."""
    host: str = "127.0.0.1"
    port: int = 7860
    device: Device = "auto"
    lease_s: float = 120.0
    most_held: int = 4
    """How many images one annotator holds at a time: the editor has one on its desk and fetches two ahead."""
    session_hours: float = 12.0
    """After so long a browser is signed out."""
    idle_hours: float = 4.0
    """So is one that asked for nothing so long."""
    secure_cookies: bool = False
    """True behind TLS: cookies get Secure and the __Host- prefix."""
    allowed_hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    """Hosts (without port) that requests may name; anything else is refused."""
    image_limits: Limits = USUAL
    """The largest image that an import takes."""

    keep_rounds: int | None = 0
    """How many of the newest rounds are kept whole, besides the published one, the one before and the best; None: all.
    """
    metrics_token: str | None = field(default=None, repr=False)
    """Who names it reads /metrics; without one there is no such page."""
    log_format: LogFormat = "plain"
    bucket: str | None = None
    """s3://NAME or s3://NAME/PREFIX: what machines share that have no folder in common."""
    worker: str | None = None
    """What this machine's worker is called among several; None: as the machine is."""
    worker_gone_s: float = 60.0
    """How long a worker may go unheard before others take its jobs."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses or networks of proxies whose word counts for where a request comes from."""
    oidc: OidcSettings | None = None
    """The provider by which people may sign in beside passwords."""

    @property
    def rounds_dir(self) -> Path:
        """Where rounds keep their files."""
        return self.home / "rounds"


def read_settings(home: Path | None = None, environ: Mapping[str, str] = os.environ, **overrides: Any) -> Settings:
    """Settings from options first, then SSPCM_* and DATABASE_URL, then defaults. Raises SettingsError."""
    chosen = _whole(home or Path(environ.get("SSPCM_HOME") or DEFAULT_HOME))
    if chosen.exists() and not chosen.is_dir():
        raise SettingsError(f"the home {str(chosen)!r} is a file; wanted a folder. Give another --home.")
    settings = Settings(
        home=chosen,
        database_url=_database_url(environ["DATABASE_URL"]) if environ.get("DATABASE_URL") else _own_store(chosen),
        host=environ.get("SSPCM_HOST") or Settings.host,
        port=_port(environ.get("SSPCM_PORT", str(Settings.port))),
        device=_device(environ.get("SSPCM_DEVICE", Settings.device)),
        most_held=_count("SSPCM_MOST_HELD", environ.get("SSPCM_MOST_HELD", str(Settings.most_held)), most=1000),
        session_hours=_hours("SSPCM_SESSION_HOURS", environ, Settings.session_hours),
        idle_hours=_hours("SSPCM_IDLE_HOURS", environ, Settings.idle_hours),
        secure_cookies=_switch("SSPCM_SECURE_COOKIES", environ.get("SSPCM_SECURE_COOKIES", "")),
        allowed_hosts=_hosts(environ.get("SSPCM_ALLOWED_HOSTS", ",".join(Settings.allowed_hosts))),
        image_limits=Limits(
            pixels=_millions(environ, "SSPCM_LARGEST_MEGAPIXELS", USUAL.pixels),
            file_bytes=_millions(environ, "SSPCM_LARGEST_IMAGE_MB", USUAL.file_bytes),
        ),
        keep_rounds=_keep_rounds(environ.get("SSPCM_KEEP_ROUNDS", "0")),
        metrics_token=_token(environ.get("SSPCM_METRICS_TOKEN", "")),
        log_format=_log_format(environ.get("SSPCM_LOG", "plain")),
        bucket=_bucket(environ.get("SSPCM_BUCKET", "")),
        worker=worker_named(environ.get("SSPCM_WORKER", "")),
        worker_gone_s=_count("SSPCM_WORKER_GONE_S", environ.get("SSPCM_WORKER_GONE_S", "60"), most=86_400, least=5),
        trusted_proxies=_proxies(environ.get("SSPCM_TRUSTED_PROXIES", "")),
        oidc=_oidc(environ),
    )
    return replace(settings, **{key: value for key, value in overrides.items() if value is not None})


def _oidc(environ: Mapping[str, str]) -> OidcSettings | None:
    try:
        return read_oidc(environ)
    except OidcError as error:
        raise SettingsError(str(error)) from error


def _token(text: str) -> str | None:
    if not text:
        return None
    if not text.isascii() or not text.isprintable() or " " in text or len(text) < SHORTEST_TOKEN:
        raise SettingsError(
            f"SSPCM_METRICS_TOKEN has {len(text)} characters; wanted {SHORTEST_TOKEN} or more, letters and digits, so "
            "that nobody guesses it. Make one: python -c 'import secrets; print(secrets.token_urlsafe())'"
        )
    return text


def _log_format(text: str) -> LogFormat:
    if text not in get_args(LogFormat):
        raise SettingsError(f"SSPCM_LOG is '{text}'; wanted 'plain' or 'json'.")
    return cast(LogFormat, text)


def _keep_rounds(text: str) -> int | None:
    if text == "all":
        return None
    if not (text.isascii() and text.isdigit()) or int(text) > 10_000:
        raise SettingsError(f"SSPCM_KEEP_ROUNDS is '{text}'; wanted a number from 0 to 10000, or 'all'.")
    return int(text)


def _whole(path: Path) -> Path:
    try:
        return path.expanduser().resolve()
    except (RuntimeError, OSError) as error:  # '~' of nobody, links in a circle
        raise SettingsError(
            f"the home {str(path)!r} leads nowhere ({error}); wanted a folder. Give another --home."
        ) from error


def _own_store(home: Path) -> str:
    """The URL of the home's own SQLite store: built, so that no character of the home's path ends it early."""
    path = home / "store.db"
    try:
        url = URL.create("sqlite", database=str(path)).render_as_string(hide_password=False)
    except UnicodeEncodeError as error:
        raise SettingsError(
            f"the home's path {str(home)!r} is not UTF-8; wanted one that can be written down. Give another --home."
        ) from error
    _check_not_outside(home, path)
    return url


def _check_not_outside(home: Path, path: Path) -> None:
    """Versions before took a '?' for the end of the path, and kept the store of such a home beside it."""
    outside = Path(str(home).partition("?")[0])
    if "?" in str(home) and home.is_dir() and not path.exists() and outside.is_file():
        raise SettingsError(
            f"an earlier version kept the store of {home} outside it, as {outside}, where homes of like names share "
            f"it; wanted {path}. Move it there if it is this home's, or give a new home."
        )


def _database_url(url: str) -> str:
    """SQLAlchemy's spelling: psycopg 3 for PostgreSQL. Raises SettingsError, which shows no more of it than its kind:
    the rest may hold a password.
    """
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            url = "postgresql+psycopg://" + url.removeprefix(prefix)
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        kind = re.match(r"[a-z][a-z0-9+.-]*(?=:/)", url)
        found = f"begins with '{kind[0]}:'" if kind else "is no URL"
        raise SettingsError(f"DATABASE_URL {found}; wanted sqlite:///PATH or postgresql://USER@HOST/NAME.")
    if url.startswith("sqlite:") and "?" in url:
        raise SettingsError(
            "DATABASE_URL has a '?' in its SQLite path; wanted the path alone. Write %3F for a '?' in it."
        )
    try:
        parsed = make_url(url)
        named = bool(parsed.database) and not _is_torn(parsed)
    except (ArgumentError, ValueError):  # its message would show the URL, or its port
        parsed, named = None, False
    if not named:
        raise SettingsError(
            "DATABASE_URL cannot be read, or names no database; wanted sqlite:///PATH or "
            "postgresql://USER:PASSWORD@HOST:PORT/NAME. Write %40 for an '@', %2F for a '/' and %3A for a ':' in the "
            "name or the password."
        )
    return url


def _is_torn(url: URL) -> bool:
    """Whether an '@' of the password has come to stand in the host, or beside a '/' of it in the database's name."""
    host, database = url.host or "", url.database or ""
    return "@" in host or (bool(host) and "@" in database and "/" in database)


def _hosts(text: str) -> tuple[str, ...]:
    """The names between the commas, in small letters, as the guard compares them."""
    hosts = tuple(name for part in text.split(",") if (name := part.strip().lower()))
    if not hosts:
        raise SettingsError(f"SSPCM_ALLOWED_HOSTS is '{text}'; wanted host names with commas between them.")
    for name in hosts:
        if not _HOST.fullmatch(name):
            raise SettingsError(
                f"SSPCM_ALLOWED_HOSTS has '{name}'; wanted host names alone, without scheme, port or path, "
                "as in pose.example.org,127.0.0.1,[::1]."
            )
    return hosts


def worker_named(text: str) -> str | None:
    """A worker's name as it may be; None for none. Raises SettingsError."""
    if text and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", text):
        raise SettingsError(
            f"the worker's name is '{text:.80}'; wanted at most 64 letters, digits, '.', '-' and '_', as in gpu-2. "
            "Set SSPCM_WORKER or --name."
        )
    return text or None


def _bucket(text: str) -> str | None:
    """Its address without a "/" at the end. Raises SettingsError, which shows no more than its kind."""
    if not text:
        return None
    if not _BUCKET.fullmatch(text):
        raise SettingsError(
            "SSPCM_BUCKET cannot be read; wanted s3://NAME or s3://NAME/PREFIX of letters, digits, '.', '-' and '_'. "
            "Address and credentials of the server are AWS_ENDPOINT_URL_S3, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY."
        )
    return text.rstrip("/")


def _count(name: str, text: str, *, most: int, least: int = 1) -> int:
    if not (text.isascii() and text.isdigit()) or not least <= int(text) <= most:
        raise SettingsError(f"{name} is '{text}'; wanted a number from {least} to {most}.")
    return int(text)


def _hours(name: str, environ: Mapping[str, str], usual: float) -> float:
    text = environ.get(name) or str(usual)
    if not re.fullmatch(r"\d{1,4}(\.\d{1,3})?", text) or not 0.05 <= float(text) <= 8760:
        raise SettingsError(f"{name} is '{text:.40}'; wanted hours, from .05 to 8760, as in 12 or 0.5.")
    return float(text)


def _proxies(text: str) -> tuple[str, ...]:
    """The addresses and networks between the commas. "*" is none: then anybody could write where they come from."""
    return tuple(_proxy(name) for part in text.split(",") if (name := part.strip()))


def _proxy(name: str) -> str:
    try:
        return str(ipaddress.ip_network(name, strict=False) if "/" in name else ipaddress.ip_address(name))
    except ValueError:
        raise SettingsError(
            f"SSPCM_TRUSTED_PROXIES has '{name}'; wanted addresses or networks with commas between them, "
            "as in 127.0.0.1,10.0.0.0/8."
        ) from None


def _switch(name: str, text: str) -> bool:
    if text not in ("", "0", "1"):
        raise SettingsError(f"{name} is '{text:.40}'; wanted 1 or 0. Without it: 0.")
    return text == "1"


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 0 < int(text) < 65536:
        raise SettingsError(f"SSPCM_PORT is '{text}'; wanted a number from 1 to 65535.")
    return int(text)


def _millions(environ: Mapping[str, str], name: str, usual: int) -> int:
    """A setting in millions, as a number of ones: at most what OpenCV reads."""
    text = environ.get(name)
    if text is None:
        return usual
    if not text.isdecimal() or len(text) > 9 or not 0 < int(text) <= _MOST_MILLIONS:
        raise SettingsError(f"{name} is '{text:.40}'; wanted a whole number from 1 to {_MOST_MILLIONS}.")
    return int(text) * 1_000_000


def _device(text: str) -> Device:
    for device in get_args(Device):
        if text == device:
            return cast(Device, device)
    raise SettingsError(f"SSPCM_DEVICE is '{text}'; wanted auto, cpu or cuda.")
