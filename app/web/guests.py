"""Who a request comes from: a signed-in browser, or a program with a token; and when they were last heard of."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from db.clock import utc_now
from db.errors import StoreBusy
from db.people import sessions, tokens
from db.people.sessions import NOTED_EVERY
from db.records import SessionRecord
from db.store.session import Store

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Guests:
    """Looks them up in the store. idle: how long a browser may ask for nothing."""

    store: Store
    idle: timedelta

    def by_cookie(self, token: str) -> SessionRecord | None:
        """The browser whose cookie has this token."""
        now = utc_now()
        with self.store.reading() as tx:
            found = sessions.session_of(tx, token, now=now, idle=self.idle)
        if found is not None and found.seen_at <= now - NOTED_EVERY:
            self._note(lambda tx: sessions.note_seen(tx, token, now=now))
        return found

    def by_token(self, token: str) -> SessionRecord | None:
        """The program with this token."""
        now = utc_now()
        with self.store.reading() as tx:
            found = tokens.session_of_token(tx, token, now=now)
        if found is not None:
            self._note_use(found, token, now)
        return found

    def _note_use(self, found: SessionRecord, token: str, now: datetime) -> None:
        if found.is_unused or found.seen_at <= now - NOTED_EVERY:
            self._note(lambda tx: tokens.note_used(tx, token, now=now))

    def _note(self, write: Callable[[Session], None]) -> None:
        """Where the store's writers queue, the request is answered all the same, and the next one notes it."""
        try:
            with self.store.transaction() as tx:
                write(tx)
        except StoreBusy as error:
            log.info("When a guest was last heard of is not noted: %s", error)
