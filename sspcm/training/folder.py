"""A training's folder: it holds one manifest, and no other training is ever written over it."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sspcm.manifest import Manifest, RoundError, manifest_data, read_manifest
from sspcm.round_folder import LOCK_FILE, MANIFEST_FILE, STATUS_FILE
from sspcm.whole_files import write_atomically


def open_folder(folder: Path, manifest: Manifest) -> None:
    """Leave `folder` with this manifest: made, or found as it was left by the same training.

    Raises RoundError where it holds another training or anything else; nothing is written then.
    """
    check_folder(folder, manifest)
    if not (folder / MANIFEST_FILE).exists() or _never_began(folder):
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(folder / MANIFEST_FILE, json.dumps(manifest_data(manifest)).encode())


def check_folder(folder: Path, manifest: Manifest) -> None:
    """Raises RoundError where `open_folder` would; writes nothing."""
    path = folder / MANIFEST_FILE
    if path.exists():
        if not _never_began(folder):
            # as it reads once written: tuples are lists
            _refuse_another(path, json.loads(json.dumps(manifest_data(manifest))))
        return
    if folder.exists() and not folder.is_dir():
        raise RoundError(f"{folder} is a file; wanted a folder, new or this training's. Give another --out.")
    if folder.exists() and any(not entry.name.startswith(f".{MANIFEST_FILE}.") for entry in folder.iterdir()):
        raise RoundError(
            f"{folder} holds files but no {MANIFEST_FILE}; wanted a new folder, or this training's. Give another --out."
        )


@contextmanager
def in_use(folder: Path) -> Iterator[None]:
    """Inside, no other process trains in the folder, where the system knows locks. Raises RoundError if one does."""
    if sys.platform == "win32":
        yield
        return
    import fcntl  # not on Windows

    with (folder / LOCK_FILE).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RoundError(
                f"{folder} is being trained in by another process; wanted it free. Wait for that one, or give another "
                "--out."
            ) from error
        try:
            yield
        finally:
            (folder / LOCK_FILE).unlink(missing_ok=True)


def _never_began(folder: Path) -> bool:
    """Whether all that ever happened there is a start that failed: a path or a name that was wrong."""
    if {entry.name for entry in folder.iterdir()} - {LOCK_FILE} != {MANIFEST_FILE, STATUS_FILE}:
        return False
    try:
        return bool(json.loads((folder / STATUS_FILE).read_bytes())["state"] == "failed")
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _refuse_another(path: Path, wanted: dict[str, Any]) -> None:
    try:
        found = json.loads(path.read_bytes())
    except ValueError as error:
        raise RoundError(
            f"{path} cannot be read ({error}); wanted this training's. Give another --out, or delete the folder."
        ) from error
    if found == wanted or _of_another_version(path) == wanted:
        return
    raise RoundError(
        f"{path.parent} holds another training ({next(_differences(found, wanted))}); wanted the command that began "
        "it, which goes on with it. Give that command, or another --out."
    )


def _of_another_version(path: Path) -> Any:
    """The manifest as this version would write it: an earlier one left out settings that there were not yet."""
    try:
        return json.loads(json.dumps(manifest_data(read_manifest(path))))
    except RoundError:  # this version cannot read it: the first difference is told
        return None


def _differences(found: Any, wanted: Any, where: str = "") -> Iterator[str]:
    """What differs, part by part: "config.train.steps is 100 there, 200 here"."""
    if isinstance(found, Mapping) and isinstance(wanted, Mapping):
        for key in dict.fromkeys((*wanted, *found)):
            if found.get(key) != wanted.get(key):
                yield from _differences(found.get(key), wanted.get(key), f"{where}.{key}" if where else key)
        return
    if isinstance(found, list) and isinstance(wanted, list):
        yield f"{len(found)} {where} there, {len(wanted)} here" if len(found) != len(wanted) else f"other {where}"
        return
    yield f"{where or 'the manifest'} is {found!r:.60} there, {wanted!r:.60} here"
