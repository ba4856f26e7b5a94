"""Opening the store, and the two ways in: a transaction that writes whole or not at all, and a reading."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from db.errors import NoStore
from db.store.connections import BUSY_TIMEOUT_S, make_engine, reading_engine, sqlite_path
from db.store.migrating import migrate
from db.store.store_files import check_file
from db.store.turns import Turns

__all__ = ["Store", "migrate", "open_store"]


@dataclass(frozen=True)
class Store:
    """The home's database, open. Threads share one Store; every transaction has a connection of its own."""

    url: str = field(repr=False)  # may hold a password
    _engine: Engine
    _turns: Turns | None = None
    """Of a SQLite store; PostgreSQL has a queue of its own."""
    _first: Callable[[Session], None] = field(default=lambda tx: None, repr=False)

    def beginning_with(self, first: Callable[[Session], None]) -> "Store":
        """The same store, each of whose transactions begins with `first`; what that raises ends it."""
        return replace(self, _first=first)

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[Session]:
        """A session that commits whole when the block ends, and rolls back whole when it raises.

        durable: once the block has ended, what it wrote outlasts a power cut; without, a power cut may take it back
        (never in part), which is right for what is soon said again: leases, progress. PostgreSQL keeps everything.
        On SQLite threads take turns, and the write lock is taken at once (BEGIN IMMEDIATE), so that what it read is
        still so when it writes. Raises StoreBusy when that takes over 30 s; RuntimeError within another transaction
        of the same thread.
        """
        give_up_at = time.monotonic() + BUSY_TIMEOUT_S
        with self._turn(give_up_at), Session(self._engine, expire_on_commit=False) as session, session.begin():
            # begins the transaction: what it is told later, it does not hear
            session.connection(execution_options={"durable": durable, "give_up_at": give_up_at})
            self._first(session)
            yield session

    def _turn(self, give_up_at: float) -> AbstractContextManager[None]:
        return nullcontext() if self._turns is None else self._turns.turn(give_up_at=give_up_at)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one moment of the store and cannot write. Waits for nobody."""
        with Session(reading_engine(self._engine), expire_on_commit=False, autoflush=False) as session:
            yield session

    def close(self) -> None:
        """Give every connection back."""
        self._engine.dispose()


def open_store(url: str) -> Store:
    """The store at `url` (sqlite:///PATH or postgresql+psycopg://...), made before by `migrate`. Creates no tables.

    Raises NoStore where no store lies there.
    """
    path = sqlite_path(url)
    if path is None:
        return Store(url=url, _engine=make_engine(url))
    check_file(path)
    if not path.exists():
        raise NoStore(f"there is no store at {path}; wanted one made before.")
    return Store(url=url, _engine=make_engine(url), _turns=Turns())
