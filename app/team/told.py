"""The team, one's own account and the log, as pages and programs get them."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy.orm import Session

from app.contract.team import (
    AccountPayload,
    BackupPayload,
    BrowserPayload,
    LogEntryPayload,
    LogPayload,
    OwnAccountPayload,
    TeamPayload,
    TokenPayload,
)
from app.home.home_command import home_command
from app.home.settings import Settings
from app.team.backup_download import DOWNLOADED
from db.clock import utc_now
from db.people import audit, sessions, tokens, users
from db.records import LogEntry, SessionRecord
from db.store.session import Store

LINES = 100
"""Of the log, at a time."""
BACKED_UP = "command backup"
"""What the log calls a backup that was made."""
COLUMNS = ("at", "actor", "via", "action", "about", "details")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def backup_told(tx: Session, settings: Settings) -> BackupPayload:
    """When the home was backed up last, by its audit log, and the commands for this home, on this day."""
    home = settings.home.absolute()
    file = home.with_name(f"{home.name}-{utc_now():%Y-%m-%d}.tar")
    without = () if settings.bucket is None else ("--without-images",)
    made = [audit.last(tx, action) for action in (BACKED_UP, DOWNLOADED)]
    last = max((line.at for line in made if line is not None), default=None)
    return BackupPayload(
        last=None if last is None else last.isoformat(),
        has_images=settings.bucket is None,
        backup=home_command(home, "backup", str(file), *without),
        restore=home_command(home.with_name(f"{home.name}-restored"), "restore", str(file)),
    )


def team_told(tx: Session, settings: Settings) -> TeamPayload:
    """Everybody, by name, and every token."""
    found = users.list_accounts(tx, now=utc_now(), idle=timedelta(hours=settings.idle_hours))
    return TeamPayload(
        accounts=[AccountPayload.of(account) for account in found],
        tokens=[TokenPayload.of(token) for token in tokens.list_tokens(tx)],
    )


def account_told(tx: Session, session: SessionRecord, token: str, settings: Settings) -> OwnAccountPayload:
    """One's own. token: of the browser that asks."""
    idle = timedelta(hours=settings.idle_hours)
    browsers = sessions.list_browsers(tx, session.user, now=utc_now(), idle=idle)
    return OwnAccountPayload(
        name=session.user.name,
        role=session.user.role,
        hours=settings.session_hours,
        idle_hours=settings.idle_hours,
        browsers=[BrowserPayload.of(browser, sessions.id_of(token)) for browser in browsers],
        tokens=[TokenPayload.of(one) for one in tokens.list_tokens(tx, session.user)],
    )


def log_told(tx: Session, *, before: int | None, actor: str | None) -> LogPayload:
    """A page of the log, the newest line first."""
    entries = audit.read(tx, before=before, actor=actor, most=LINES)
    more = entries[-1].id if len(entries) == LINES else None
    return LogPayload(entries=[LogEntryPayload.of(entry) for entry in entries], before=more)


def log_as_csv(store: Store) -> Iterator[str]:
    """The whole log, the oldest line first, line by line."""
    yield csv_line(COLUMNS)
    with store.reading() as tx:
        for entry in audit.read_all(tx):
            yield csv_line(_cells(entry))


def _cells(entry: LogEntry) -> tuple[str, ...]:
    details = json.dumps(entry.details, sort_keys=True) if entry.details else ""
    return entry.at.isoformat(), entry.actor, entry.via, entry.action, entry.about, details


def csv_line(cells: tuple[str, ...]) -> str:
    """A line of a table that spreadsheets open: names and words are people's own, and none is carried out."""
    line = io.StringIO()
    csv.writer(line).writerow(f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells)
    return line.getvalue()
