"""A training's folder: it holds one manifest, and no other training is ever written over it."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sspcm.checkpoint import write_atomically
from sspcm.manifest import Manifest, RoundError, manifest_data

MANIFEST_FILE = "manifest.json"


def open_folder(folder: Path, manifest: Manifest) -> None:
    """Leave `folder` with this manifest: made, or found as it was left by the same training.

    Raises RoundError where it holds another training or anything else; nothing is written then.
    """
    content = json.dumps(manifest_data(manifest))
    path = folder / MANIFEST_FILE
    if path.exists():
        _refuse_another(path, json.loads(content))
        return
    if folder.exists() and any(not entry.name.startswith(f".{MANIFEST_FILE}.") for entry in folder.iterdir()):
        raise RoundError(
            f"{folder} holds files but no {MANIFEST_FILE}; wanted a new folder, or this training's. Give another --out."
        )
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(path, content.encode())


def _refuse_another(path: Path, wanted: dict[str, Any]) -> None:
    try:
        found = json.loads(path.read_bytes())
    except ValueError as error:
        raise RoundError(
            f"{path} cannot be read ({error}); wanted this training's. Give another --out, or delete the folder."
        ) from error
    if found == wanted:
        return
    raise RoundError(
        f"{path.parent} holds another training ({next(_differences(found, wanted))}); wanted the command that began "
        "it, which goes on with it. Give that command, or another --out."
    )


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
