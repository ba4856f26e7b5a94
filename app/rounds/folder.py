"""A round's folder in the home, and the small files that its stages leave there."""

import json
from pathlib import Path
from typing import Any, cast

from app.home.settings import Settings
from sspcm.round_folder import SECONDS_FILE, STATUS_FILE
from sspcm.whole_files import write_atomically


def round_folder(settings: Settings, number: int, attempt: int = 1) -> Path:
    """Where one attempt at a round keeps its files."""
    return settings.rounds_dir / f"{number:04d}" / f"attempt-{attempt}"  # four digits: names sort as numbers


def read_status(folder: Path) -> dict[str, Any]:
    """What the trainer says of its end; empty until then."""
    path = folder / STATUS_FILE
    return cast(dict[str, Any], json.loads(path.read_text())) if path.exists() else {}


def last_lines(path: Path, count: int = 3) -> str:
    """A log's last lines with words in them, as one."""
    lines = [line.strip() for line in path.read_text(errors="replace").splitlines() if line.strip()]
    return " | ".join(lines[-count:]) or "(none)"


def read_seconds(folder: Path) -> dict[str, float]:
    """How long this side's finished stages took, by name."""
    path = folder / SECONDS_FILE
    return cast(dict[str, float], json.loads(path.read_text())) if path.exists() else {}


def note_seconds(folder: Path, stage: str, seconds: float) -> None:
    """Keep how long one of this side's stages took."""
    write_json(folder / SECONDS_FILE, {**read_seconds(folder), stage: round(seconds, 2)})


def write_json(path: Path, content: dict[str, Any]) -> None:
    """The file, whole. Raises ValueError for NaN and infinity."""
    # NaN is no JSON: an error here, not in a reader
    write_atomically(path, json.dumps(content, allow_nan=False).encode())
