"""Whether a disk is full, as SQLite says it: under more than one name."""

import shutil
import sqlite3
from pathlib import Path

LEAST_FREE = 1_000_000
"""Bytes. Of a disk with less, "disk I/O error" means that SQLite could not lengthen one of its smaller files."""


def has_no_room(folder: Path) -> bool:
    """Whether the disk that holds the folder is full, or as good as."""
    try:
        return shutil.disk_usage(folder).free < LEAST_FREE
    except OSError:
        return False


def is_full(error: BaseException | None, folder: Path) -> bool:
    """Whether SQLite could not go on for want of room on the disk that holds the folder."""
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN):
        return has_no_room(folder)
    return code == sqlite3.SQLITE_FULL
