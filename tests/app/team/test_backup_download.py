"""A backup that a browser takes away can be restored, needs room, and is made one at a time."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from app.home.backups import restore
from app.home.settings import read_settings
from app.team import backup_download
from app.team.backup_download import BackupDownloads, CannotDownload
from db.people.audit import Actor
from db.pool.images import list_images
from db.store.session import Store, open_store

LEA = Actor("lea", "browser")


class Usage(NamedTuple):
    free: int


@pytest.fixture
def home(sqlite_store: Store) -> Path:
    return Path(sqlite_store.url.removeprefix("sqlite:///")).parent


def test_what_was_sent_makes_the_same_home(
    sqlite_store: Store, home: Path, add_people: Callable[..., Any], tmp_path: Path
) -> None:
    add_people(sqlite_store, persons=2, labelled=True)
    made = BackupDownloads(read_settings(home, {})).make(sqlite_store, LEA)
    assert not list(home.glob(f"{backup_download.PREFIX}*")), "nothing lies there while it is sent"
    content = b"".join(made.chunks())
    assert len(content) == made.size
    file = tmp_path / made.name
    file.write_bytes(content)
    again = read_settings(tmp_path / "again", {})
    restore(again, file)
    restored = open_store(again.database_url)
    with sqlite_store.reading() as before, restored.reading() as after:
        assert list_images(before) == list_images(after)
    restored.close()


def test_without_room_on_the_disk_nothing_is_begun(
    sqlite_store: Store, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    downloads = BackupDownloads(read_settings(home, {}))
    monkeypatch.setattr(backup_download.shutil, "disk_usage", lambda _: Usage(backup_download.SPARE_BYTES))
    with pytest.raises(CannotDownload, match="MB free; wanted room"):
        downloads.make(sqlite_store, LEA)
    monkeypatch.undo()
    downloads.make(sqlite_store, LEA).file.close()


def test_what_a_killed_server_left_behind_goes_with_the_next_one(sqlite_store: Store, home: Path) -> None:
    old, new = (home / f"{backup_download.PREFIX}{name}" for name in ("old", "new"))
    for folder in (old, new):
        folder.mkdir()
        (folder / "half.tar").write_bytes(b"half")
    long_ago = time.time() - 2 * backup_download.LEFTOVER_S
    os.utime(old, (long_ago, long_ago))
    BackupDownloads(read_settings(home, {})).make(sqlite_store, LEA).file.close()
    assert (old.exists(), new.exists()) == (False, True)


def test_one_is_made_at_a_time(sqlite_store: Store, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    downloads = BackupDownloads(read_settings(home, {}))
    refused = []

    def meanwhile(*_: Any, **__: Any) -> None:
        with pytest.raises(CannotDownload, match="one is made at a time"):
            downloads.make(sqlite_store, LEA)
        refused.append(True)

    monkeypatch.setattr(downloads, "_require_room", meanwhile)
    downloads.make(sqlite_store, LEA).file.close()
    assert refused == [True]
