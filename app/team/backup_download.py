"""A backup that a lead takes away through the browser: made beside the home's files, sent, and taken away again."""

import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from app.home.backups import FILES, FOLDERS, back_up
from app.home.settings import Settings
from db.clock import utc_now
from db.errors import StoreError
from db.people import audit
from db.people.audit import Actor
from db.store.connections import sqlite_path
from db.store.session import Store

DOWNLOADED = "backup downloaded"
"""The line of the audit log."""
PREFIX = ".download-"
CHUNK = 2**20
LEFTOVER_S = 24 * 3600
SPARE_BYTES = 256 * 2**20
"""What is left of the disk while a backup lies on it."""


class CannotDownload(StoreError):
    """A backup that cannot be sent now; the message says why, and what to do instead."""


@dataclass(frozen=True)
class Download:
    """A backup that waits to be sent. Its file has no name any more: it is gone once it was sent, or who asked has."""

    name: str
    size: int
    file: IO[bytes]

    def chunks(self) -> Iterator[bytes]:
        """Its bytes, once."""
        with self.file:
            while chunk := self.file.read(CHUNK):
                yield chunk


class BackupDownloads:
    """Those of one server, made one at a time."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._turn = threading.Lock()

    def make(self, store: Store, actor: Actor) -> Download:
        """The backup, whole. Of a home in a bucket without images.

        Raises CannotDownload where another is being made or the disk has no room, BackupError and StoreError.
        """
        if not self._turn.acquire(blocking=False):
            raise CannotDownload("somebody makes a backup just now; one is made at a time. Try again in a minute.")
        try:
            self._forget_leftovers()
            self._require_room()
            home = self._settings.home.absolute()
            with tempfile.TemporaryDirectory(prefix=PREFIX, dir=home) as folder:
                path = Path(folder) / f"{home.name}-{utc_now():%Y-%m-%d}.tar"
                told = back_up(self._settings, path, images=self._settings.bucket is None)
                made = Download(path.name, told.bytes, path.open("rb"))
            with store.transaction() as tx:
                audit.note(tx, actor, DOWNLOADED, made.name, {"bytes": told.bytes, "files": told.files})
            return made
        finally:
            self._turn.release()

    def _forget_leftovers(self) -> None:
        """Of a server that was killed meanwhile; not what another one of this home may be making."""
        for folder in self._settings.home.glob(f"{PREFIX}*"):
            if time.time() - folder.stat().st_mtime > LEFTOVER_S:
                shutil.rmtree(folder, ignore_errors=True)

    def _require_room(self) -> None:
        home = self._settings.home
        store = sqlite_path(self._settings.database_url)
        # the store is copied first, and lies twice on the disk until the file is whole
        needed = sum(map(_size, (home / name for name in FILES))) + 2 * (_size(store) if store else 0)
        for folder in FOLDERS:
            needed += sum(_size(Path(inside, name)) for inside, _, names in os.walk(home / folder) for name in names)
        free = shutil.disk_usage(home).free
        if needed + SPARE_BYTES > free:
            raise CannotDownload(
                f"the backup takes about {needed / 1e6:,.0f} MB, and the server's disk has {free / 1e6:,.0f} MB free; "
                "wanted room for it beside the home. Run the command on another disk, or make room."
            )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # gone meanwhile
        return 0
