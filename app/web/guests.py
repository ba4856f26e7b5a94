"""Who a request comes from: a signed-in browser, or a program with a token; and when they were last heard of."""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from db.clock import utc_now
from db.errors import StoreError
from db.people import sessions, tokens
from db.people.sessions import NOTED_EVERY
from db.records import SessionRecord
from db.store.session import Store

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Guests:
    """Looks them up in the store. idle: how long a browser may ask for nothing.

    That one asked is noted behind the request's back: no request waits for the store's writers, or fails with a disk
    that is full, because of that.
    """

    store: Store
    idle: timedelta
    _notes: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "guests"), repr=False)
    _under_way: dict[str, "Future[None]"] = field(default_factory=dict, repr=False)
    """By token, so that a page's many requests are one note."""

    def by_cookie(self, token: str) -> SessionRecord | None:
        """The browser whose cookie has this token."""
        now = utc_now()
        with self.store.reading() as tx:
            found = sessions.session_of(tx, token, now=now, idle=self.idle)
        if found is not None and found.seen_at <= now - NOTED_EVERY:
            self._note(token, lambda tx: sessions.note_seen(tx, token, now=now))
        return found

    def by_token(self, token: str) -> SessionRecord | None:
        """The program with this token."""
        now = utc_now()
        with self.store.reading() as tx:
            found = tokens.session_of_token(tx, token, now=now)
        if found is not None:
            self._note_use(found, token, now)
        return found

    def settle(self) -> None:
        """Wait until everything is noted."""
        for note in [*self._under_way.values()]:
            note.result()

    def _note_use(self, found: SessionRecord, token: str, now: datetime) -> None:
        if found.is_unused or found.seen_at <= now - NOTED_EVERY:
            self._note(token, lambda tx: tokens.note_used(tx, token, now=now))

    def _note(self, token: str, write: Callable[[Session], None]) -> None:
        if token not in self._under_way:
            self._under_way[token] = self._notes.submit(self._write, token, write)

    def _write(self, token: str, write: Callable[[Session], None]) -> None:
        try:
            with self.store.transaction(durable=False) as tx:
                write(tx)
        except (StoreError, SQLAlchemyError, OSError) as error:
            log.info("When a guest was last heard of is not noted: %s", type(error).__name__)
        finally:
            self._under_way.pop(token, None)
