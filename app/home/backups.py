"""A home as one file, made while everything runs, and a home made of it again."""

import hashlib
import json
import os
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from app.home.settings import Settings
from db.clock import utc_now
from db.store.backing_up import snapshot
from db.store.migrating import newest_schema
from db.store.moving import move_store
from db.store.session import migrate, open_store
from sspcm.whole_files import OWNER_ALONE, keep_names

VERSION = 1
ABOUT = "backup.json"
STORE = "store.db"
FOLDERS = ("images", "models", "rounds", "simulations", "weights")
FILES = ("secret.json", "looks.npz", "order.json")
"""Of a home; everything else is made anew: thumbs, locks, what a worker said last."""

Progress = Callable[[int, int], None]
"""Told how many files are done, of how many."""


class BackupError(RuntimeError):
    """A backup that cannot be made or restored; the message says why. The home is as it was."""


@dataclass(frozen=True)
class About:
    """What a backup says of itself. store: the SHA-256 of its store. rows: by table."""

    version: int
    schema: str
    made_at: str
    images: bool
    store: str
    rows: dict[str, int]


@dataclass(frozen=True)
class Told:
    """What was written or restored. gone: files that ended while the backup was made, such as a pruned round's."""

    about: About
    files: int
    bytes: int
    gone: tuple[str, ...] = ()


def back_up(settings: Settings, out: Path, *, images: bool = True, progress: Progress | None = None) -> Told:
    """Write the home into the tar file `out`, whole or not at all; nobody waits for it.

    Labels are those of one moment. images: whether their files come too. Raises BackupError, StoreError.
    """
    if out.exists():
        raise BackupError(f"there is a file at {out} already; wanted a new one. Give another name.")
    if not out.parent.is_dir():
        raise BackupError(f"there is no folder {out.parent}; wanted one to write into. Make it, or give another.")
    if images and settings.bucket is not None:
        raise BackupError(
            f"this home's images lie in {settings.bucket}, and here only those that were asked for; wanted them whole. "
            "Copy the bucket by its own means, and make this backup with --without-images."
        )
    store = open_store(settings.database_url)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as scratch:
        try:
            copy, draft = Path(scratch) / STORE, Path(scratch) / "draft.tar"
            about = _about(copy, snapshot(store, copy), images=images)
            told = _write(draft, copy, about, settings.home, progress)
            draft.replace(out)
        finally:
            store.close()
    keep_names(out.parent)
    return told


def restore(settings: Settings, file: Path, *, progress: Progress | None = None) -> Told:
    """Make the home of a backup, in a folder and a store that are empty. Raises BackupError, StoreError."""
    _require_empty(settings)
    settings.home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restoring-", dir=settings.home) as scratch:
        told = _unpack(file, Path(scratch), progress)
        migrate(settings.database_url)
        move_store(Path(scratch) / STORE, settings.database_url)
        for name in (*FOLDERS, *FILES):
            if (Path(scratch) / name).exists():
                (Path(scratch) / name).rename(settings.home / name)
    keep_names(settings.home)
    return told


def _about(copy: Path, rows: dict[str, int], *, images: bool) -> About:
    with copy.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return About(VERSION, newest_schema(), utc_now().isoformat(), images, digest, rows)


def _write(draft: Path, copy: Path, about: About, home: Path, progress: Progress | None) -> Told:
    files = [*_files(home, images=about.images)]
    gone: list[str] = []
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ALONE), "wb") as written:
        with tarfile.open(fileobj=written, mode="w", format=tarfile.PAX_FORMAT) as tar:
            _add_text(tar, ABOUT, json.dumps(asdict(about), indent=1))
            _add(tar, copy, STORE)
            for done, path in enumerate(files, start=1):
                name = path.relative_to(home).as_posix()
                try:
                    _add(tar, path, name)
                except FileNotFoundError:
                    gone.append(name)
                if progress is not None:
                    progress(done, len(files))
        written.flush()
        os.fsync(written.fileno())
        size = written.tell()
    return Told(about, len(files) - len(gone), size, tuple(gone))


def _files(home: Path, *, images: bool) -> Iterator[Path]:
    """What of the home lasts, without drafts that somebody writes just now."""
    for folder in FOLDERS:
        if folder == "images" and not images:
            continue
        for inside, folders, names in os.walk(home / folder):
            folders.sort()
            yield from (Path(inside, name) for name in sorted(names) if not name.startswith("."))
    yield from (home / name for name in FILES if (home / name).exists())


def _add(tar: tarfile.TarFile, path: Path, name: str) -> None:
    """The bytes that are there now: a log may grow meanwhile."""
    with path.open("rb") as file:
        tar.addfile(tar.gettarinfo(arcname=name, fileobj=file), file)


def _add_text(tar: tarfile.TarFile, name: str, text: str) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(text.encode())
        file.seek(0)
        member = tarfile.TarInfo(name)
        member.size, member.mtime, member.mode = len(text.encode()), int(utc_now().timestamp()), OWNER_ALONE
        tar.addfile(member, file)


def _require_empty(settings: Settings) -> None:
    there = [name for name in (STORE, *FOLDERS, *FILES) if (settings.home / name).exists()]
    if there:
        raise BackupError(
            f"the home {settings.home} has {there[0]} already; wanted an empty one, since a backup takes the place of "
            "nothing. Give a new --home."
        )


def _unpack(file: Path, scratch: Path, progress: Progress | None) -> Told:
    files = 0
    try:
        with tarfile.open(file, mode="r:") as tar:
            about = _read_about(tar, file)
            while (member := tar.next()) is not None:
                _take(tar, member, scratch, file)
                files += 1
                if progress is not None:
                    progress(files, files)
    except (tarfile.TarError, EOFError) as error:
        raise _damaged(file, str(error) or type(error).__name__) from error
    store = scratch / STORE
    if not store.is_file():
        raise _damaged(file, "it has no store")
    with store.open("rb") as opened:
        found = hashlib.file_digest(opened, "sha256").hexdigest()
    if found != about.store:
        raise _damaged(file, "its store is not the one that was written")
    return Told(about, files - 1, file.stat().st_size)


def _read_about(tar: tarfile.TarFile, file: Path) -> About:
    member = tar.next()
    opened = tar.extractfile(member) if member is not None and member.name == ABOUT and member.size < 1e6 else None
    if opened is None:
        raise BackupError(f"{file} is no backup of a home: it does not begin with {ABOUT}. Give what 'backup' wrote.")
    try:
        told = json.loads(opened.read())
        about = About(**told)
    except (ValueError, TypeError) as error:
        raise _damaged(file, f"its {ABOUT} cannot be read") from error
    if about.version != VERSION or about.schema > newest_schema():
        raise BackupError(
            f"{file} was made by a newer version (schema {about.schema}; this one knows {newest_schema()}). "
            "Restore it with that version, or a newer one."
        )
    return about


def _take(tar: tarfile.TarFile, member: tarfile.TarInfo, scratch: Path, file: Path) -> None:
    """One file, where a home has such; an image only if its bytes are those that its name tells."""
    parts = Path(member.name).parts
    known = member.name in (STORE, *FILES) or (len(parts) > 1 and parts[0] in FOLDERS)
    if not (known and member.isreg() and all(part not in ("", ".", "..") for part in member.name.split("/"))):
        raise BackupError(f"{file} holds {member.name!r:.120}, which no home has. Give what 'backup' wrote.")
    target, opened = scratch / member.name, tar.extractfile(member)
    assert opened is not None  # it is a regular file
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = _copy(opened, target)
    if target.stat().st_size != member.size:
        raise _damaged(file, f"it ends within {member.name}")
    if parts[0] == "images" and digest != target.name.partition(".")[0]:
        raise _damaged(file, f"the bytes of {member.name} are not those that were written")
    if member.name in FILES:
        target.chmod(OWNER_ALONE)


def _copy(source: IO[bytes], target: Path) -> str:
    digest = hashlib.sha256()
    with target.open("xb") as file:
        while chunk := source.read(1 << 20):
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()


def _damaged(file: Path, why: str) -> BackupError:
    return BackupError(f"{file} is damaged: {why}. Give another copy of it; nothing was restored.")
