"""A home as one file, made while everything runs, and a home made of it again."""

import hashlib
import io
import json
import os
import re
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from sqlalchemy import URL

from app.home.settings import Settings
from db.clock import utc_now
from db.store.backing_up import snapshot
from db.store.connections import sqlite_path
from db.store.migrating import newest_schema
from db.store.moving import move_store
from db.store.session import migrate, open_store
from db.store.store_files import give_name
from sspcm.whole_files import OWNER_ALONE, keep_names

VERSION = 1
ABOUT, END = "backup.json", "end.json"
STORE = "store.db"
IMAGE = re.compile(r"[0-9a-f]{64}\.[a-z0-9]+")
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
    """What was written or restored. gone: files that ended while the backup was made, such as a pruned round's.

    damaged: images of the home whose bytes were not those that their names tell, when the backup was made.
    """

    about: About
    files: int
    bytes: int
    gone: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()


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
        finally:
            store.close()
        if not give_name(draft, out):
            raise BackupError(f"{out} was made by somebody else meanwhile, and is theirs. Give another name.")
    return told


def restore(settings: Settings, file: Path, *, progress: Progress | None = None) -> Told:
    """Make the home of a backup, in a folder and a store that are empty. Raises BackupError, StoreError.

    The store comes last: before, there is no home, and what was put in place is taken away again where it fails.
    """
    _require_empty(settings)
    settings.home.mkdir(parents=True, exist_ok=True)
    own = sqlite_path(settings.database_url) == settings.home / STORE
    with tempfile.TemporaryDirectory(prefix=".restoring-", dir=settings.home) as scratch:
        told, made = _unpack(file, Path(scratch), progress), Path(scratch) / "made.db"
        url = URL.create("sqlite", database=str(made)).render_as_string(hide_password=False)
        url = url if own else settings.database_url
        migrate(url)
        placed: list[str] = []
        try:
            for name in (*FOLDERS, *FILES):
                if (Path(scratch) / name).exists():
                    (Path(scratch) / name).rename(settings.home / name)
                    placed.append(name)
            move_store(Path(scratch) / STORE, url)
            if own:
                made.rename(settings.home / STORE)
        except BaseException:
            for name in placed:
                (settings.home / name).rename(Path(scratch) / name)
            raise
    keep_names(settings.home)
    return told


def _about(copy: Path, rows: dict[str, int], *, images: bool) -> About:
    with copy.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return About(VERSION, newest_schema(), utc_now().isoformat(), images, digest, rows)


def _write(draft: Path, copy: Path, about: About, home: Path, progress: Progress | None) -> Told:
    files, gone, damaged, all_of_them = [*_files(home, images=about.images)], [], [], hashlib.sha256()
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ALONE), "wb") as written:
        # dereference: a second name of a file is a file in the tar as well
        with tarfile.open(fileobj=written, mode="w", format=tarfile.PAX_FORMAT, dereference=True) as tar:
            _add_text(tar, ABOUT, json.dumps(asdict(about), indent=1))
            _add(tar, copy, STORE)
            for done, path in enumerate(files, start=1):
                name = path.relative_to(home).as_posix()
                try:
                    digest = _add(tar, path, name)
                except FileNotFoundError:
                    gone.append(name)
                else:
                    all_of_them.update(f"{digest} {name}\n".encode())
                    if _is_rotten(name, digest):
                        damaged.append(name)
                if progress is not None:
                    progress(done, len(files))
            there = len(files) - len(gone)
            _add_text(tar, END, json.dumps({"files": there, "sha256": all_of_them.hexdigest(), "damaged": damaged}))
        size = written.tell()
    return Told(about, there, size, tuple(gone), tuple(damaged))


def _files(home: Path, *, images: bool) -> Iterator[Path]:
    """What of the home lasts, without drafts that somebody writes just now. Raises BackupError where it cannot read."""

    def cannot(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):
            raise BackupError(
                f"{error.filename} cannot be read ({error.strerror}). Let this command read it."
            ) from error

    for folder in FOLDERS:
        if folder == "images" and not images:
            continue
        for inside, folders, names in os.walk(home / folder, onerror=cannot):
            folders.sort()
            for path in (Path(inside, name) for name in folders):
                if path.is_symlink():
                    raise BackupError(f"{path} is a link; wanted the folder itself. Move it there.")
            for name in sorted(names):
                # of images nothing else is the home's: a file manager's notes, say
                if not name.startswith(".") and (folder != "images" or IMAGE.fullmatch(name)):
                    yield Path(inside, name)
    yield from (home / name for name in FILES if (home / name).exists())


class _Hashed:
    """A file that is read once, and its SHA-256."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self._file.read(size)
        self.digest.update(chunk)
        return chunk


def _add(tar: tarfile.TarFile, path: Path, name: str) -> str:
    """The bytes that are there now, a log may grow meanwhile; their SHA-256."""
    with path.open("rb") as file:
        hashed = _Hashed(file)
        tar.addfile(tar.gettarinfo(arcname=name, fileobj=file), hashed)
    return hashed.digest.hexdigest()


def _is_rotten(name: str, digest: str) -> bool:
    """Whether an image's bytes are not those that its name tells."""
    return name.startswith("images/") and Path(name).name.partition(".")[0] != digest


def _add_text(tar: tarfile.TarFile, name: str, text: str) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mtime, member.mode = len(text.encode()), int(utc_now().timestamp()), OWNER_ALONE
    tar.addfile(member, io.BytesIO(text.encode()))


def _require_empty(settings: Settings) -> None:
    there = [name for name in (STORE, *FOLDERS, *FILES) if (settings.home / name).exists()]
    if there:
        raise BackupError(
            f"the home {settings.home} has {there[0]} already; wanted an empty one, since a backup takes the place of "
            "nothing. Give a new --home."
        )


def _unpack(file: Path, scratch: Path, progress: Progress | None) -> Told:
    taken = _Taken()
    try:
        with tarfile.open(file, mode="r:") as tar:
            about = _read_about(tar, file)
            while (member := tar.next()) is not None and member.name != END:
                taken.add(member.name, _take(tar, member, scratch, file))
                if progress is not None:
                    progress(taken.files, taken.files)
            end = _read_json(tar, member)
    except (tarfile.TarError, EOFError, KeyError, ValueError, TypeError, OverflowError) as error:
        raise _damaged(file, str(error) or type(error).__name__) from error
    # A tar that ends too soon, or has a torn head within, looks like one that is at its end.
    named = end.get("damaged")
    damaged: list[str] = named if isinstance(named, list) else []
    if set(taken.rotten) - set(damaged):
        raise _damaged(file, f"the bytes of {min(set(taken.rotten) - set(damaged))} are not those that were written")
    if (end.get("files"), end.get("sha256")) != (taken.files, taken.all_of_them.hexdigest()):
        raise _damaged(file, f"it holds {taken.files} files, and not all that were written, or others")
    if taken.store != about.store:
        raise _damaged(file, "its store is not the one that was written")
    return Told(about, taken.files, file.stat().st_size, damaged=tuple(damaged))


@dataclass
class _Taken:
    """What was taken out so far."""

    files: int = 0
    store: str = ""
    rotten: list[str] = field(default_factory=list)
    all_of_them: Any = field(default_factory=hashlib.sha256)

    def add(self, name: str, digest: str) -> None:
        if name == STORE:
            self.store = digest
            return
        self.files += 1
        self.all_of_them.update(f"{digest} {name}\n".encode())
        if _is_rotten(name, digest):
            self.rotten.append(name)


def _read_json(tar: tarfile.TarFile, member: tarfile.TarInfo | None) -> dict[str, Any]:
    """What such a small member says; nothing where it is none."""
    whole = member is not None and member.isreg() and member.size < 100_000_000
    opened = tar.extractfile(member) if member is not None and whole else None
    told = json.loads(opened.read()) if opened is not None else {}
    return told if isinstance(told, dict) else {}


def _read_about(tar: tarfile.TarFile, file: Path) -> About:
    member = tar.next()
    if member is None or member.name != ABOUT:
        raise BackupError(f"{file} is no backup of a home: it does not begin with {ABOUT}. Give what 'backup' wrote.")
    about = About(**_read_json(tar, member))
    if about.version != VERSION or str(about.schema) > newest_schema():
        raise BackupError(
            f"{file} was made by a newer version (schema {about.schema}; this one knows {newest_schema()}). "
            "Restore it with that version, or a newer one."
        )
    return about


def _take(tar: tarfile.TarFile, member: tarfile.TarInfo, scratch: Path, file: Path) -> str:
    """One file, where a home has such; its SHA-256."""
    parts = member.name.split("/")
    known = member.name in (STORE, *FILES) or (len(parts) > 1 and parts[0] in FOLDERS)
    plain = member.isreg() and not member.issparse() and "\0" not in member.name
    if not (known and plain and all(part not in ("", ".", "..") for part in parts)):
        raise BackupError(f"{file} holds {member.name!r:.120}, which no home has. Give what 'backup' wrote.")
    target, opened = scratch / member.name, tar.extractfile(member)
    assert opened is not None  # it is a regular file
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        digest = _copy(opened, target)
    except FileExistsError as error:
        raise _damaged(file, f"it holds {member.name} twice") from error
    if target.stat().st_size != member.size:
        raise _damaged(file, f"it ends within {member.name}")
    if member.name in FILES:
        target.chmod(OWNER_ALONE)
    return digest


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
