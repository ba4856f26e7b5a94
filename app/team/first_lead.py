"""A new home has no account, and nobody could add one from a page: a link, told to whoever starts the server, does.

An address would prove nothing: behind a proxy on the same machine, everybody comes from 127.0.0.1.
"""

import logging
from pathlib import Path

from app.home.settings import Settings
from db.clock import utc_now
from db.people import audit, links
from db.people.audit import Actor
from db.records import UserRecord
from db.store.session import Store
from sspcm.whole_files import OWNER_ALONE, write_atomically

FILE = "first_lead_link.txt"
"""In the home, readable by whoever runs the server alone."""
PATH = "/login/first"

log = logging.getLogger(__name__)


def announce_first_lead(store: Store, settings: Settings) -> None:
    """Where there is no account yet, make the link, log it, and keep it in the home; else take an old file away."""
    file = settings.home / FILE
    with store.transaction() as tx:
        key = None if links.has_accounts(tx) else links.make_link(tx, None, now=utc_now())
    if key is None:
        file.unlink(missing_ok=True)
        return
    link = f"{address_of(settings)}{PATH}#{key}"
    write_atomically(file, f"{link}\n".encode(), mode=OWNER_ALONE)
    log.warning("This home has no account yet. Make the first lead's, within 7 days: %s (also in %s)", link, file)


def make_first_lead(store: Store, home: Path, key: str, name: str, password: str) -> UserRecord:
    """The first account of the home. Raises LinkSpent, InvalidAccount."""
    with store.transaction() as tx:
        lead = links.make_first_lead(tx, key, name, password, now=utc_now())
        audit.note(tx, Actor(lead.name, "link", lead), "account added", lead.name, {"role": "lead", "by": "first link"})
    (home / FILE).unlink(missing_ok=True)
    return lead


def address_of(settings: Settings) -> str:
    """Where a browser on this machine finds the server; behind TLS, by the first name that it answers for."""
    if settings.secure_cookies:
        return f"https://{settings.allowed_hosts[0]}"
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::", "") else settings.host  # noqa: S104
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
