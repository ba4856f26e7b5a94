"""SQLite has more than one name for a full disk."""

import shutil
import sqlite3
from collections import namedtuple
from pathlib import Path

import pytest

from db.store.full_disk import has_no_room, is_full

Usage = namedtuple("Usage", "total used free")


def error(code: int) -> sqlite3.OperationalError:
    told = sqlite3.OperationalError("disk I/O error")
    told.sqlite_errorcode = code
    return told


@pytest.mark.parametrize(
    ("code", "free", "full"),
    [
        (sqlite3.SQLITE_FULL, 10**9, True),
        (sqlite3.SQLITE_IOERR_WRITE, 1000, True),
        (sqlite3.SQLITE_IOERR_WRITE, 10**9, False),
        (sqlite3.SQLITE_CORRUPT, 1000, False),
    ],
)
def test_an_io_error_means_a_full_disk_where_there_is_no_room(
    code: int, free: int, full: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Usage(10**12, 0, free))
    assert is_full(error(code), tmp_path) == full


def test_a_folder_that_is_gone_is_not_called_full(tmp_path: Path) -> None:
    assert not has_no_room(tmp_path / "gone")
