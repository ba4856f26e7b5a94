"""The file of a SQLite store: that it is one, that its name lasts, and a copy of it before its form changes."""

import os
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from errno import ENOSPC
from itertools import count
from pathlib import Path
from urllib.parse import quote

from db.errors import StoreError

EVERYBODY = 0o666
"""What a new file allows before the umask takes its part, as everywhere."""
OWNER_ALONE = 0o600


def check_file(path: Path) -> None:
    """Raise StoreError, in one sentence, for what cannot be a store. Nothing there at all is fine."""
    if path.is_symlink() and not path.exists():
        raise StoreError(f"{path} is a link to nothing; wanted the store. Remove the link, or mend what it points to.")
    if not path.exists():
        return
    if not path.is_file():
        kind = "folder" if path.is_dir() else "special file"
        raise StoreError(f"{path} is a {kind}; wanted the store's file there. Move it away, or give another home.")
    if not os.access(path, os.R_OK):
        raise StoreError(f"{path} may not be read; wanted the store. Give this user the right to read and write it.")
    if not is_database(path):
        what = "is empty" if not path.stat().st_size else "is no SQLite database"
        raise StoreError(
            f"{path} {what}; wanted the store of this home. Put a copy of the store in its place "
            f"({path.name}.before-... is one), or move the file away to begin with an empty store."
        )


def is_database(path: Path) -> bool:
    """Whether SQLite would take the file for one of its own. It looks itself, beside the log and without a lock.

    Never open and close a store's file in any other way: POSIX then drops every lock that this process has on it,
    SQLite's too. Another process takes the store for unused and removes the log under our connections, and what they
    save from then on is lost (sqlite.org/howtocorrupt.html, 2.2).
    """
    try:
        if not path.stat().st_size:
            return False
    except OSError:
        return True  # it went away just now: SQLite says so
    address = f"file://{quote(os.fsencode(path.absolute()))}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            connection.execute("PRAGMA schema_version")
    except sqlite3.DatabaseError as error:
        return error.sqlite_errorcode != sqlite3.SQLITE_NOTADB  # whatever else is wrong, SQLite says when it is used
    return True


@contextmanager
def drafted(path: Path, *, mode: int) -> Iterator[Path]:
    """A new file beside `path` whose name nobody knows yet; whatever is left of it afterwards is removed."""
    draft = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    try:
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
        yield draft
    finally:
        # SQLite's own files beside it
        for name in (draft.name, f"{draft.name}-wal", f"{draft.name}-shm", f"{draft.name}-journal"):
            draft.with_name(name).unlink(missing_ok=True)


def give_name(draft: Path, path: Path) -> bool:
    """The draft gets its name, whole and for good; False if another has that name already."""
    _sync(draft, os.O_RDWR)  # content before name: a name never stands for half a file
    try:
        os.link(draft, path)  # fails where the name is taken; a rename would replace
    except FileExistsError:
        return False
    except OSError:  # a file system without links: nobody else makes this name but in the same moment
        if path.exists():
            return False
        draft.rename(path)
    _sync(path.parent, os.O_RDONLY)
    return True


def make_folder(folder: Path) -> None:
    """The folder and those above it, with names that outlast a power cut."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for one in (folder, *missing):
        keep_name(one)


def keep_name(path: Path) -> None:
    """Have the folder around `path` on disk, if this user may read it: without that nobody can."""
    try:
        _sync(path.parent, os.O_RDONLY)
    except PermissionError:
        return


def keep_copy(path: Path, *, before: str, size: int, write: Callable[[Path], None]) -> Path:
    """A copy of the whole store under a name beside `path`, for its owner alone, named for the form that comes next.

    `write` fills the file that it is given, with some `size` bytes. Nobody may write to the store meanwhile: the caller
    sees to that. An earlier copy of that name stays. Raises StoreError where there is no room; then nothing is left.
    """
    first = path.with_name(f"{path.name}.before-{before}")
    try:
        _require_room(path.parent, size)
        with drafted(path, mode=OWNER_ALONE) as draft:
            write(draft)
            for number in count(1):
                name = first if number == 1 else first.with_name(f"{first.name}.{number}")
                if give_name(draft, name):
                    return name
    except (OSError, sqlite3.Error) as error:
        raise StoreError(
            f"no copy of the store could be kept before its migration to {before} ({error}); wanted room for "
            f"{size / 1e6:.1f} MB in {path.parent}. Nothing was changed: make room, then try again."
        ) from error
    raise AssertionError("count() never ends")


def copies_of(path: Path) -> list[Path]:
    """The copies that were kept of the store that has this name."""
    return sorted(path.parent.glob(f"{path.name}.before-*"))


def size_of(path: Path) -> int:
    """The bytes of a store's file and its log."""
    return sum(one.stat().st_size for one in (path, path.with_name(f"{path.name}-wal")) if one.exists())


def copy_file(path: Path, target: Path) -> None:
    """The whole store into another file; the log (-wal) with it, which copying the file would leave out."""
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as opened:
        source.backup(opened)


def _require_room(folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < size:
        raise OSError(ENOSPC, f"{free / 1e6:.1f} MB are free")


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
