"""What the failure of a disk or a database means to whoever asked: a status, a code, and words that say what to do.

What the application itself refuses has words already (`app.web.refusals`).
"""

import errno
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from app.home.bucket import BucketAway
from db.errors import StoreBusy
from db.store.full_disk import is_full

TRY_AGAIN_AFTER_S = 5
FULL = {errno.ENOSPC, errno.EDQUOT}
NO_RIGHT = {errno.EACCES, errno.EPERM}
EXHAUSTED = {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN}
NO_THREAD = "can't start new thread"
SQLITE_READONLY, SQLITE_IOERR, SQLITE_CORRUPT, SQLITE_CANTOPEN, SQLITE_NOTADB = 8, 10, 11, 14, 26
SQLITE_OUT_OF_STEP = {1, 17}
"""A statement that does not fit the store's tables."""
POSTGRES_FULL, POSTGRES_READ_ONLY, POSTGRES_GONE = "53100", "25006", "23503"
"""The last: a row points at one that another's transaction took away."""


@dataclass(frozen=True)
class Failure:
    """What is answered; the same request may well succeed later."""

    status: int
    code: str
    title: str
    message: str


@dataclass(frozen=True)
class Home:
    """The home folder, and whether its path may be told: to people who are signed in."""

    path: Path
    is_told: bool
    who: str = "the server"
    """Who works in it, as a message calls it."""

    def __str__(self) -> str:
        return f"{self.who}'s home folder {self.path}" if self.is_told else f"{self.who}'s home folder"

    def may_not_be_written(self) -> bool:
        """Whether it is there, and takes no new file."""
        return self.path.is_dir() and not os.access(self.path, os.W_OK | os.X_OK)


def failure_of(error: BaseException, home: Home) -> Failure | None:
    """What the error, or the one it came of, means; None for one that nobody foresaw: that is ours to mend."""
    for cause in _causes(error):
        found = _of_database(cause, home) if isinstance(cause, DBAPIError) else _of_system(cause, home)
        if found is not None:
            return found
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, those gathered in it, and those it was raised from."""
    seen = set[int]()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop(0)
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += one.exceptions if isinstance(one, BaseExceptionGroup) else []
        waiting += [one.__cause__, None if one.__suppress_context__ else one.__context__]


def _of_database(error: DBAPIError, home: Home) -> Failure | None:
    if isinstance(error.orig, sqlite3.Error):
        return _of_sqlite(error.orig, home)
    state = getattr(error.orig, "sqlstate", None)
    if state == POSTGRES_FULL:
        return _full("the disk of the database")
    if state == POSTGRES_GONE:
        return _not_just_now("what this is about was deleted by somebody else")
    if state == POSTGRES_READ_ONLY:
        return _not_just_now("the database lets nothing be written")
    if error.connection_invalidated or isinstance(error, OperationalError | InterfaceError):
        return _not_just_now("the store does not answer")
    return None


def _of_sqlite(error: sqlite3.Error, home: Home) -> Failure | None:
    kind = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if is_full(error, home.path):
        return _full(f"the disk of {home}")
    if kind == SQLITE_READONLY or (kind in (SQLITE_IOERR, SQLITE_CANTOPEN) and home.may_not_be_written()):
        return _not_writable(home)
    if kind in (SQLITE_CORRUPT, SQLITE_NOTADB):
        return _damaged(home)
    if kind in (SQLITE_IOERR, SQLITE_CANTOPEN):
        return _not_just_now(f"the store in {home} cannot be read or written")
    if kind in SQLITE_OUT_OF_STEP and "no such" in str(error):
        return _another_store(home)
    if kind in SQLITE_OUT_OF_STEP or not isinstance(error, sqlite3.OperationalError):
        return None
    return _not_just_now("the store is busy")


def _of_system(error: BaseException, home: Home) -> Failure | None:
    if isinstance(error, StoreBusy):
        return Failure(503, "busy", "Not just now", _sentence(str(error)))
    if isinstance(error, BucketAway):
        return _not_just_now("the bucket that keeps the home's files does not answer")
    if isinstance(error, NoConnectionFree | MemoryError) or NO_THREAD in str(error):
        return _not_just_now("the server has more to do than it can")
    if not isinstance(error, OSError):
        return None
    if error.errno in FULL:
        return _full(_disk_of(error, home))
    if error.errno == errno.EROFS:
        return _not_writable(home)
    if error.errno in NO_RIGHT and _lies_in(error.filename, home):
        return _no_right(home)
    if error.errno in EXHAUSTED:
        return _not_just_now("the server has more to do than it can")
    if error.errno == errno.EIO:
        return _not_just_now(f"the disk of {home} fails")
    return None


def _disk_of(error: OSError, home: Home) -> str:
    """The home's, unless the error names another: temporary files may lie elsewhere."""
    if error.filename is None or _lies_in(error.filename, home):
        return f"the disk of {home}"
    return f"the disk of {Path(os.fsdecode(error.filename)).parent}" if home.is_told else "a disk of the server"


def _lies_in(name: object, home: Home) -> bool:
    return isinstance(name, str | bytes | os.PathLike) and Path(os.fsdecode(name)).is_relative_to(home.path)


def _full(disk: str) -> Failure:
    what = f"{disk} is full: this was not saved; what was saved before is still there. Make room, then try again."
    return Failure(507, "disk_full", "The disk is full", _sentence(what))


def _not_writable(home: Home) -> Failure:
    what = (
        f"{home.who} may not write into {home}: this was not saved; what was saved before is still there. "
        "Give it the right to write there, then try again."
    )
    return Failure(503, "read_only", "Nothing can be saved", _sentence(what))


def _no_right(home: Home) -> Failure:
    what = (
        f"{home.who} has no right to read or write in {home}: this was not done; what was saved before is still there. "
        "Give it the rights there, then try again."
    )
    return Failure(503, "no_right", "The server may not", _sentence(what))


def _another_store(home: Home) -> Failure:
    what = (
        f"the store in {home} is not of the form that this version works with: this was not done. Whoever runs the "
        "server ends it, puts the home's own store there (docs/upgrading.md) and starts it again."
    )
    return Failure(503, "another_store", "Another store", _sentence(what))


def _damaged(home: Home) -> Failure:
    what = (
        f"the store in {home} is damaged; a lead puts a copy of it back (docs/upgrading.md). This was not done; what "
        "was saved before is in the store or in its last copy."
    )
    return Failure(503, "damaged_store", "The store is damaged", _sentence(what))


def _not_just_now(why: str) -> Failure:
    what = f"{why} just now: this was not done; what was saved before is still there. Try again in a moment."
    return Failure(503, "not_just_now", "Not just now", _sentence(what))


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]
