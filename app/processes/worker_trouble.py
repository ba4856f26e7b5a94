"""Why a home's worker cannot be kept running: the supervisor writes it, `read_trouble(home)` tells the lead's page.

One small file, `HOME/worker-trouble.json`, and no table of the store: the store may be what is broken. It is there from
the moment the supervisor gives the worker up until the worker runs again or the supervisor starts anew.

    {"at": "2026-11-29T19:40:03+00:00", "status": 1, "ends": 5, "said": ["worker: another worker ..."], "advice": "..."}
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sspcm.whole_files import write_atomically

FILE = "worker-trouble.json"
LINES_KEPT = 20
"""Of what the worker said last."""


@dataclass(frozen=True)
class WorkerTrouble:
    """The worker ended `ends` times in a row before it was of use, the last time at `at` with exit status `status`."""

    at: datetime
    status: int
    ends: int
    said: tuple[str, ...]
    """The last lines it wrote, oldest first; may be empty, as where it was killed."""
    advice: str
    """What to do, in a sentence that may be shown as it is."""


def note_trouble(home: Path, trouble: WorkerTrouble) -> None:
    """Write it down for `read_trouble`. Raises OSError, as where the disk is full."""
    content = asdict(trouble) | {"at": trouble.at.isoformat(), "said": trouble.said[-LINES_KEPT:]}
    write_atomically(home / FILE, json.dumps(content, ensure_ascii=False).encode())


def read_trouble(home: Path) -> WorkerTrouble | None:
    """Why the worker was given up; None while nobody gave it up, or where the file cannot be read."""
    try:
        found = json.loads((home / FILE).read_bytes())
        return WorkerTrouble(
            at=datetime.fromisoformat(found["at"]),
            status=int(found["status"]),
            ends=int(found["ends"]),
            said=_lines(found["said"]),
            advice=str(found["advice"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def forget_trouble(home: Path) -> None:
    """The worker runs, or is tried anew. Raises OSError, as where the home may not be written."""
    (home / FILE).unlink(missing_ok=True)


def _lines(found: Sequence[object]) -> tuple[str, ...]:
    return tuple(str(line) for line in found)
