"""Which round folders and simulations hold an image or a person, and taking them out of those that are over."""

import json
import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.home.settings import Settings
from app.home.shared_files import shared_files
from app.rounds.folder import write_json
from app.simulation.folder import LABELS_FILE
from app.simulation.standing import FOLDER as SIMULATIONS
from db.labelling.deleting import Target
from db.records import RoundRecord
from sspcm.round_folder import LOG_FILE, MANIFEST_FILE

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Holding:
    """A round folder whose manifest holds what is to go."""

    number: int
    folder: Path


def holding_rounds(settings: Settings, target: Target, *, number: int | None = None) -> list[Holding]:
    """Every round folder that holds it, or those of one round, oldest first. Raises BucketAway, OSError."""
    shared = shared_files(settings.home)
    if shared.bucket is not None:
        below = settings.rounds_dir.name if number is None else f"{settings.rounds_dir.name}/{number:04d}"
        shared.renew_folder(below, but=lambda name: not name.endswith(f"/{MANIFEST_FILE}"))
    wanted = "*" if number is None else f"{number:04d}"
    found = sorted(settings.rounds_dir.glob(f"{wanted}/attempt-*/{MANIFEST_FILE}"))
    return [Holding(int(path.parts[-3]), path.parent) for path in found if _holds(path, target)]


def has_manifest(settings: Settings, record: RoundRecord) -> bool:
    """Whether what the round learns from is written down, where this machine can read it."""
    return any(settings.rounds_dir.glob(f"{record.number:04d}/attempt-*/{MANIFEST_FILE}"))


def holding_simulations(home: Path, target: Target) -> list[int]:
    """The simulations whose files name the image. Raises BucketAway."""
    shared_files(home).renew_folder(SIMULATIONS, but=lambda name: not name.endswith(f"/{LABELS_FILE}"))
    found = (path for path in sorted((home / SIMULATIONS).glob("[0-9]*")) if path.is_dir())
    return [int(path.name) for path in found if any(_contains(one, target.sha256) for one in path.rglob("*.json"))]


def take_out(settings: Settings, held: Holding, target: Target, *, begins_anew: bool) -> None:
    """The round's manifest without them. begins_anew: with nothing else of the folder but its log: a checkpoint knows
    the manifest that it was made by, and what is left goes on from the beginning."""
    path, shared = held.folder / MANIFEST_FILE, shared_files(settings.home)
    data: dict[str, Any] = json.loads(path.read_text())
    data["persons"] = [one for one in data["persons"] if not _is_one(one, target)]
    write_json(path, data)
    shared.put(path.relative_to(settings.home).as_posix())
    if begins_anew:
        for name in _all_but_manifest(held.folder):
            shutil.rmtree(name) if name.is_dir() else name.unlink(missing_ok=True)
        below = held.folder.relative_to(settings.home).as_posix()
        kept = {f"{below}/{MANIFEST_FILE}", f"{below}/{LOG_FILE}"}
        shared.forget(name for name in shared.names(below) if name not in kept)


def _all_but_manifest(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.name not in (MANIFEST_FILE, LOG_FILE)]


def _holds(manifest: Path, target: Target) -> bool:
    if not _contains(manifest, target.sha256):
        return False
    return target.kind == "image" or any(_is_one(one, target) for one in _persons(manifest))


def _persons(manifest: Path) -> Collection[dict[str, Any]]:
    found = json.loads(manifest.read_text()).get("persons", [])
    return found if isinstance(found, list) else []


def _is_one(person: dict[str, Any], target: Target) -> bool:
    if target.kind == "image":
        return Path(str(person.get("image"))).stem == target.sha256
    return person.get("id") in target.persons


def _contains(path: Path, word: str) -> bool:
    """Whether a file has the word in it; read a part at a time."""
    end, wanted = b"", word.encode()
    for chunk in _chunks(path):
        if wanted in end + chunk:
            return True
        end = chunk[-len(wanted) :]
    return False


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except FileNotFoundError:  # pruned or deleted just now
        return
